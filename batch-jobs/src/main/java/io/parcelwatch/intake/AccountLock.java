package io.parcelwatch.intake;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps two runs of one job on one account apart, on this machine and on others: an advisory lock on a database session of its own, which
 * ends with the process that holds it, however that ends.
 */
public final class AccountLock implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(AccountLock.class);

    private final Connection session;

    private AccountLock(Connection session) {
        this.session = session;
    }

    /** The lock, or empty where another run holds it. */
    public static Optional<AccountLock> tryTake(Intake intake, String job, String channel, String account)
            throws SQLException {
        Connection session = intake.database().connect();
        try (PreparedStatement lock = session.prepareStatement("select pg_try_advisory_lock(hashtextextended(?, 0))")) {
            lock.setString(1, "parcelwatch " + job + " " + channel + "/" + account);
            try (ResultSet answer = lock.executeQuery()) {
                answer.next();
                if (answer.getBoolean(1)) {
                    return Optional.of(new AccountLock(session));
                }
            }
            session.close();
            return Optional.empty();
        } catch (SQLException e) {
            session.close();
            throw e;
        }
    }

    @Override
    public void close() {
        // Given back by word: the server notices a closed session only some time after, and the next run may come
        // before.
        try (Connection closing = session;
                Statement unlock = closing.createStatement()) {
            unlock.execute("select pg_advisory_unlock_all()");
        } catch (SQLException e) {
            LOG.debug("the lock's session was gone already", e);
        }
    }
}
