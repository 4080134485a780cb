package io.parcelwatch.commandline;

import io.parcelwatch.sql.Database;
import io.parcelwatch.sql.DatabaseUnreachableException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * One watch a home, and one watch a database: a file lock for the checkpoints, an advisory lock on a session of its own for the tables. Both
 * end with the process, however it ends.
 */
final class WatchLock implements AutoCloseable {

    private final FileChannel channel;
    private final FileLock file;
    private Connection session;

    private WatchLock(FileChannel channel, FileLock file) {
        this.channel = channel;
        this.file = file;
    }

    /**
     * Locks the home.
     *
     * @throws AlreadyRunningException where another watch has it
     */
    static WatchLock take(WatchHome home) {
        try {
            PrivateDirectories.create(home.directory());
            Path path = home.lock();
            FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock;
            try {
                lock = channel.tryLock();
            } catch (OverlappingFileLockException e) {
                lock = null;
            }
            if (lock == null) {
                channel.close();
                throw new AlreadyRunningException("a watch is already running on "
                        + home.directory().getParent() + ": end it first, or name another home with --home");
            }
            if (Files.isDirectory(home.temporary())) {
                // Left by a watch that was killed.
                PrivateDirectories.delete(home.temporary());
            }
            return new WatchLock(channel, lock);
        } catch (IOException e) {
            throw new FailedException(
                    "the home " + home.directory().getParent() + " cannot be written (" + Errors.oneLine(e.getMessage())
                            + "): set PARCELWATCH_HOME (--home) to a directory that can, and run again",
                    e);
        }
    }

    /**
     * Locks the database too.
     *
     * @throws AlreadyRunningException where a watch of another home writes there
     */
    WatchLock and(Database database) {
        session = database.connect();
        try (PreparedStatement lock = session.prepareStatement("select pg_try_advisory_lock(hashtextextended(?, 0))")) {
            lock.setString(1, "parcelwatch watch-shipments");
            try (ResultSet answer = lock.executeQuery()) {
                answer.next();
                if (!answer.getBoolean(1)) {
                    throw new AlreadyRunningException("a watch of another home is already writing into "
                            + database.place() + ": end it first, or name another database");
                }
            }
            return this;
        } catch (SQLException e) {
            throw new DatabaseUnreachableException(database, e);
        }
    }

    @Override
    public void close() {
        try {
            if (session != null) {
                session.close();
            }
            file.release();
            channel.close();
        } catch (IOException | SQLException e) {
            // Both go with the process.
            org.slf4j.LoggerFactory.getLogger(WatchLock.class).debug("the lock was gone already", e);
        }
    }
}
