package io.parcelwatch.intake;

import io.parcelwatch.sql.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps two runs of one job on one account apart, on this machine and on others: an advisory lock on a database session of its own, which
 * ends with the process that holds it, however that ends.
 */
final class AccountLock implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(AccountLock.class);

    private final Connection session;

    private AccountLock(Connection session) {
        this.session = session;
    }

    /** The lock, or empty where another run holds it. */
    static Optional<AccountLock> tryTake(Database database, String job, String channel, String account)
            throws SQLException {
        Connection session = database.connect();
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
        try {
            session.close();
        } catch (SQLException e) {
            LOG.debug("the lock's session was gone already", e);
        }
    }
}
