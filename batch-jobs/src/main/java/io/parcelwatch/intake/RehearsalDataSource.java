package io.parcelwatch.intake;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.concurrent.locks.ReentrantLock;
import org.springframework.jdbc.datasource.AbstractDataSource;

/**
 * Hands out one connection whose work is never committed: what would be a transaction is a savepoint, and all of them together are rolled
 * back in the end. So a dry run takes the very steps of a real one, each of which sees what those before it did, and nobody else sees any.
 *
 * <p>A thread that has the connection keeps others waiting until it gives it back; it may have it several times.
 */
final class RehearsalDataSource extends AbstractDataSource implements AutoCloseable {

    private final Connection session;
    private final ReentrantLock turn = new ReentrantLock();

    /**
     * @param session used for nothing else, closed with this
     */
    RehearsalDataSource(Connection session) throws SQLException {
        this.session = session;
        session.setAutoCommit(false);
    }

    @Override
    public Connection getConnection() {
        turn.lock();
        Lease lease = new Lease();
        return (Connection) Proxy.newProxyInstance(
                RehearsalDataSource.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "setAutoCommit" -> lease.autoCommit((Boolean) arguments[0]);
                    case "getAutoCommit" -> lease.begun == null;
                    case "commit" -> lease.commit();
                    case "rollback" -> arguments == null ? lease.rollback() : invoke(method, arguments);
                    case "close" -> lease.close();
                    case "isClosed" -> lease.closed || session.isClosed();
                    // Of the one transaction that all is part of, neither can change.
                    case "setTransactionIsolation", "setReadOnly" -> null;
                    case "equals" -> proxy == arguments[0];
                    case "hashCode" -> System.identityHashCode(proxy);
                    default -> invoke(method, arguments);
                });
    }

    @Override
    public Connection getConnection(String user, String password) {
        return getConnection();
    }

    private Object invoke(java.lang.reflect.Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(session, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /** Takes back everything. */
    @Override
    public void close() throws SQLException {
        // A session that was cut off has nothing left to take back.
        if (!session.isClosed()) {
            session.rollback();
            session.close();
        }
    }

    /** The connection as one borrower sees it. */
    private final class Lease {

        private Savepoint begun;
        private boolean closed;

        Void autoCommit(boolean auto) throws SQLException {
            if (auto && begun != null) {
                session.releaseSavepoint(begun);
                begun = null;
            } else if (!auto && begun == null) {
                begun = session.setSavepoint();
            }
            return null;
        }

        Void commit() throws SQLException {
            session.releaseSavepoint(begun);
            begun = session.setSavepoint();
            return null;
        }

        Void rollback() throws SQLException {
            session.rollback(begun);
            return null;
        }

        Void close() throws SQLException {
            if (!closed) {
                closed = true;
                try {
                    if (begun != null && !session.isClosed()) {
                        session.rollback(begun);
                    }
                } finally {
                    turn.unlock();
                }
            }
            return null;
        }
    }
}
