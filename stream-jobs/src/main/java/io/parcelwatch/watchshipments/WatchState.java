package io.parcelwatch.watchshipments;

import io.parcelwatch.model.EventIdentity;
import io.parcelwatch.sql.Database;
import io.parcelwatch.sql.DatabaseUnreachableException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Sees to it that tables and state belong together. A watch that starts without the state that wrote the tables would not know what it must
 * withdraw; it is refused unless the tables are to be rebuilt.
 */
final class WatchState {

    private static final String ID_FILE = "state-id";
    private static final String TABLES = "tracking_event, shipment, shipment_order, shipment_alert, delivery,"
            + " delivery_performance_daily, status_dwell_daily, performance_due, unclaimed_number, notification_intent, dead_letter, watch_progress,"
            + " watch_state";

    static final String EMPTY_TABLES = "truncate " + TABLES;
    static final String TABLES_HOLD_DATA =
            "select exists (select from shipment) or exists (select from tracking_event)";
    private static final String ID = "select state_id from watch_state";

    private final Database database;

    WatchState(Database database) {
        this.database = database;
    }

    /**
     * Prepares a live run.
     *
     * @return the checkpoint to start from, or empty where there is none yet
     * @throws WatchRefusedException where tables and state do not belong together
     */
    Optional<Path> prepareLive(Path directory, boolean rebuild) {
        try {
            Files.createDirectories(directory);
            Path idFile = directory.resolve(ID_FILE);
            if (rebuild) {
                deleteTree(directory);
                Files.createDirectories(directory);
                emptyTables();
            }
            String ours = Files.exists(idFile) ? Files.readString(idFile).strip() : null;
            String theirs = idInDatabase();
            if (ours == null && theirs == null && !tablesHoldData()) {
                // The file first: a crash between the two leaves an id that no table knows, which the next start takes
                // up.
                ours = UUID.randomUUID().toString();
                Files.writeString(idFile, ours);
                noteId(ours);
            } else if (ours != null
                    && theirs == null
                    && !tablesHoldData()
                    && latestCheckpoint(directory).isEmpty()) {
                noteId(ours);
            } else if (!Objects.equals(ours, theirs)) {
                throw new WatchRefusedException(
                        "the tables in " + database.place() + " were not written with the state in " + directory
                                + ": name the home that holds their state, or compute them anew with --rebuild");
            }
            removeEmptyDirectories(directory);
            return latestCheckpoint(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("the state in " + directory + " cannot be used: " + e.getMessage(), e);
        }
    }

    /**
     * Prepares a bounded run. The same input again is welcome: it ends in the same tables.
     *
     * @throws WatchRefusedException where the tables hold other data
     */
    void prepareBounded(WatchOptions options) {
        String id = "bounded-"
                + EventIdentity.digest(
                        16,
                        digest(options.shipments()),
                        digest(options.events()),
                        options.rules().toString());
        if (options.rebuild()) {
            refuseToEmptyFor(options.shipments());
            emptyTables();
        }
        String theirs = idInDatabase();
        if (theirs == null && !tablesHoldData()) {
            noteId(id);
        } else if (!id.equals(theirs)) {
            throw new WatchRefusedException("the tables in " + database.place()
                    + " hold data of another run: name another database or home, or compute them anew with --rebuild");
        }
    }

    /** Tables are not emptied for a file that is not what it was taken for. */
    private static void refuseToEmptyFor(Path shipments) {
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(Files.newInputStream(shipments), StandardCharsets.ISO_8859_1))) {
            String first = lines.readLine();
            while (first != null && first.isBlank()) {
                first = lines.readLine();
            }
            if (first == null || !first.contains("{")) {
                throw new WatchRefusedException(
                        shipments + " holds no shipment lines: correct --shipments; the tables are as they were");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(shipments + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** The newest complete checkpoint or savepoint below a directory. */
    static Optional<Path> latestCheckpoint(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return Optional.empty();
        }
        List<Path> found = new ArrayList<>();
        Files.walkFileTree(directory, Set.of(), 3, new WhatIsLeft() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (file.getFileName().toString().equals("_metadata")) {
                    found.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return found.stream().max(Comparator.comparing(WatchState::modified)).map(Path::getParent);
    }

    private static long modified(Path path) {
        try {
            return Files.getLastModifiedTime(path).toMillis();
        } catch (IOException e) {
            return 0;
        }
    }

    private String idInDatabase() {
        return query(ID, row -> row.getString(1));
    }

    /** The id of the state that the tables were written with; null where nothing was written yet. */
    static String idIn(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery(ID)) {
            return row.next() ? row.getString(1) : null;
        }
    }

    private boolean tablesHoldData() {
        return Boolean.TRUE.equals(query(TABLES_HOLD_DATA, row -> row.getBoolean(1)));
    }

    private void noteId(String id) {
        execute("insert into watch_state (state_id) values ('" + id.replace("'", "''") + "')");
    }

    private void emptyTables() {
        execute(EMPTY_TABLES);
    }

    private interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    private <T> T query(String sql, Row<T> row) {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            return result.next() ? row.read(result) : null;
        } catch (SQLException e) {
            throw new DatabaseUnreachableException(database, e);
        }
    }

    private void execute(String sql) {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new DatabaseUnreachableException(database, e);
        }
    }

    private static String digest(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[1 << 16];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                sha256.update(buffer, 0, read);
            }
            return HexFormat.of().formatHex(sha256.digest());
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read: " + e.getMessage(), e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Checkpoints that were subsumed leave their directories behind. Those with files in them may be shared: they stay. */
    private static void removeEmptyDirectories(Path directory) throws IOException {
        Files.walkFileTree(directory, new WhatIsLeft() {
            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException e) throws IOException {
                super.postVisitDirectory(visited, e);
                if (!visited.equals(directory)) {
                    try {
                        Files.deleteIfExists(visited);
                    } catch (DirectoryNotEmptyException stays) {
                        // Only what is empty goes.
                    }
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Passes over what goes meanwhile: a job that is stopping may still delete what its newest checkpoint does not need. */
    private abstract static class WhatIsLeft extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
            }
            throw e;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path visited, IOException e) throws IOException {
            return e == null ? FileVisitResult.CONTINUE : visitFileFailed(visited, e);
        }
    }

    private static void deleteTree(Path directory) throws IOException {
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException e) throws IOException {
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
