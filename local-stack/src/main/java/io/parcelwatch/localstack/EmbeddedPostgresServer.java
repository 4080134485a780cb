package io.parcelwatch.localstack;

import com.sun.security.auth.module.UnixSystem;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PostgreSQL as a child process, with its data in a directory that outlives it. It listens on 127.0.0.1 only, has no Unix
 * socket (whose path would be too long in a deep home) and asks for a password that stands in that directory.
 *
 * <p>It ends with the process that started it, however that one ends. Should it survive all the same, the next start on the
 * directory ends the survivor first.
 */
public final class EmbeddedPostgresServer implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(EmbeddedPostgresServer.class);

    private static final String SUPERUSER = "postgres";
    private static final String OWNER = "parcelwatch";

    private static final long SPACE_TO_CREATE = 128L << 20;
    private static final long SPACE_TO_START = 32L << 20;
    private static final Duration START_LIMIT = Duration.ofMinutes(5);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(20);

    private final Process server;
    private final Process guard;
    private final int port;
    private final String password;

    private EmbeddedPostgresServer(Process server, Process guard, int port, String password) {
        this.server = server;
        this.guard = guard;
        this.port = port;
        this.password = password;
    }

    /**
     * Starts PostgreSQL and returns when it takes connections. What a crash left behind is recovered first.
     *
     * @param directory holds the data, the password and the port; created where absent
     * @param durability DURABLE unless the data is a test's
     * @throws LocalStackException if it cannot start; the message says why
     */
    public static EmbeddedPostgresServer start(Path directory, Durability durability) {
        Path absolute = directory.toAbsolutePath().normalize();
        try {
            Files.createDirectories(absolute);
            Path data = absolute.resolve("data");
            Trouble.requireSpace("start PostgreSQL", absolute, Files.exists(data) ? SPACE_TO_START : SPACE_TO_CREATE);
            List<String> unprivileged = unprivileged();
            Path programs = PostgresBinaries.unpack(absolute).resolve("bin");
            stopOrphan(absolute);
            String password = password(absolute.resolve("password"));
            if (!Files.exists(data)) {
                initialise(programs, unprivileged, data, absolute.resolve("password"), durability);
            }
            RememberedPorts ports = new RememberedPorts(absolute.resolve("ports.properties"));
            EmbeddedPostgresServer started = launch(programs, unprivileged, data, ports, password, durability);
            try {
                started.ensureOwnerAndDatabase();
            } catch (SQLException e) {
                started.close();
                throw e;
            }
            return started;
        } catch (IOException | SQLException e) {
            throw Trouble.explain("start PostgreSQL", absolute, e, absolute.resolveSibling("log"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LocalStackException("interrupted while PostgreSQL was starting", e);
        }
    }

    /** The database every command shares, owned by a role that is no superuser. */
    public PostgresAddress address() {
        return new PostgresAddress(url(OWNER), OWNER, password);
    }

    /**
     * Creates a database beside the shared one.
     *
     * @param name     letters, digits and underscores
     * @param template the database whose copy it is to be, likewise; {@code template1} for an empty one
     * @throws LocalStackException if it exists or cannot be created
     */
    public PostgresAddress createDatabase(String name, String template) {
        if (!(name + template).matches("[a-z0-9_]+")) {
            throw new IllegalArgumentException("not plain database names: " + name + ", " + template);
        }
        try (Connection connection = connectAsSuperuser();
                Statement statement = connection.createStatement()) {
            // The log of a database that is a copy to the last page would be as large as the database.
            statement.execute(
                    "create database " + name + " owner " + OWNER + " template " + template + " strategy file_copy");
            return new PostgresAddress(url(name), OWNER, password);
        } catch (SQLException e) {
            throw new LocalStackException(
                    "cannot create database " + name + ": " + Trouble.firstLine(e.getMessage()), e);
        }
    }

    /** False once the server has ended, for whatever reason. */
    public boolean isAlive() {
        return server.isAlive();
    }

    /** Disconnects all clients, writes a checkpoint and waits until the server has ended. Idempotent. */
    @Override
    public void close() {
        try {
            // The guard's word is the same whether we close or die, so that the second way is never an untried one.
            guard.getOutputStream().close();
            if (!server.waitFor(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                log.warn(
                        "PostgreSQL did not stop within {}; it is killed and will recover at its next start",
                        STOP_LIMIT);
                kill();
            }
        } catch (IOException e) {
            log.warn("PostgreSQL's guard is gone", e);
            kill();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            kill();
        }
    }

    /** Ends the server at once, without a checkpoint: for data that is gone, or a stop that does not come to an end. */
    void kill() {
        server.destroyForcibly();
    }

    /**
     * Ends a server that survived the process that had started it on this directory, and clears away its claim on the data.
     *
     * @throws LocalStackException if it does not end
     */
    static void stopOrphan(Path directory) throws IOException, InterruptedException {
        Path data = directory.toAbsolutePath().normalize().resolve("data");
        Path pidFile = data.resolve("postmaster.pid");
        if (!Files.exists(pidFile)) {
            return;
        }
        Optional<ProcessHandle> orphan = serverOn(data, Trouble.firstLine(Files.readString(pidFile)));
        for (String signal : List.of("INT", "QUIT", "KILL")) {
            if (orphan.isEmpty()) {
                break;
            }
            log.info(
                    "PostgreSQL {} outlived its keeper; sending it {}",
                    orphan.get().pid(),
                    signal);
            signal(orphan.get().pid(), signal);
            if (endsWithin(orphan.get(), STOP_LIMIT)) {
                orphan = Optional.empty();
            }
        }
        // A child may outlive the server by the statement it is in the middle of. While one lives, the data is taken.
        List<ProcessHandle> children = childrenOn(data);
        for (ProcessHandle child : children) {
            endsWithin(child, STOP_LIMIT);
        }
        List<Long> alive = Stream.concat(orphan.stream(), children.stream())
                .filter(ProcessHandle::isAlive)
                .map(ProcessHandle::pid)
                .toList();
        if (!alive.isEmpty()) {
            throw new LocalStackException("PostgreSQL of an earlier run still uses " + data + ": end the processes "
                    + alive + " and run the command again");
        }
        // PostgreSQL would take any process of ours that has been given the same number since for a living server.
        Files.deleteIfExists(pidFile);
    }

    /** The process with that number, if it is a server that was started on this data. */
    private static Optional<ProcessHandle> serverOn(Path data, String pid) {
        if (!pid.matches("\\d+")) {
            return Optional.empty();
        }
        return ProcessHandle.of(Long.parseLong(pid))
                .filter(process -> process.info()
                        .arguments()
                        .map(arguments -> Arrays.asList(arguments).contains(data.toString()))
                        .orElse(false));
    }

    /** Processes of a server that has ended, known by the directory they work in; none where the system does not tell. */
    private static List<ProcessHandle> childrenOn(Path data) {
        return ProcessHandle.allProcesses()
                .filter(process -> process.info().command().orElse("").endsWith("/postgres"))
                .filter(process -> {
                    try {
                        Path directory = Path.of("/proc", Long.toString(process.pid()), "cwd");
                        return Files.isSameFile(directory, data);
                    } catch (IOException e) {
                        return false;
                    }
                })
                .toList();
    }

    private static boolean endsWithin(ProcessHandle process, Duration limit) throws InterruptedException {
        try {
            process.onExit().get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    static void signal(long pid, String signal) throws IOException, InterruptedException {
        new ProcessBuilder("sh", "-c", "kill -" + signal + " " + pid)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    private static void initialise(
            Path programs, List<String> unprivileged, Path data, Path passwordFile, Durability durability)
            throws IOException, InterruptedException {
        // Under another name until complete: a directory called data is never a half-made cluster.
        Path part = data.resolveSibling("data.part");
        PostgresBinaries.deleteTree(part);
        List<String> command = new ArrayList<>(unprivileged);
        command.addAll(List.of(
                programs.resolve("initdb").toString(),
                "--pgdata=" + part,
                "--username=" + SUPERUSER,
                "--pwfile=" + passwordFile,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8"));
        if (durability == Durability.THROWAWAY) {
            command.add("--no-sync");
        }
        Process initdb = processBuilder(command).start();
        StringBuilder errors = new StringBuilder();
        try (BufferedReader output = reader(initdb)) {
            output.lines().forEach(line -> {
                log.debug("initdb: {}", line);
                if (line.contains("FATAL") || line.contains("error") || line.contains("could not")) {
                    errors.append(line).append('\n');
                }
            });
        }
        if (initdb.waitFor() != 0) {
            throw new IOException("initdb failed: " + errors);
        }
        Files.move(part, data, StandardCopyOption.ATOMIC_MOVE);
    }

    private static EmbeddedPostgresServer launch(
            Path programs,
            List<String> unprivileged,
            Path data,
            RememberedPorts ports,
            String password,
            Durability durability)
            throws IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            int port = ports.choose("postgres");
            List<String> command = new ArrayList<>(unprivileged);
            command.addAll(List.of(programs.resolve("postgres").toString(), "-D", data.toString()));
            settings(port, durability).forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
            Process server = processBuilder(command).start();
            Output output = new Output(server);
            Process guard = guard(server.pid());
            // A guard that stayed would one day signal another process with the same number.
            server.onExit().thenRun(guard::destroyForcibly);
            if (output.readyWithin(START_LIMIT)) {
                return new EmbeddedPostgresServer(server, guard, port, password);
            }
            server.destroyForcibly();
            server.waitFor();
            if (attempt == 3 || RememberedPorts.isFree(port)) {
                throw new IOException(output.lastError());
            }
        }
    }

    private static Map<String, String> settings(int port, Durability durability) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("listen_addresses", "127.0.0.1");
        settings.put("port", Integer.toString(port));
        settings.put("unix_socket_directories", "");
        settings.put("max_connections", "100");
        settings.put("timezone", "UTC");
        settings.put("log_timezone", "UTC");
        settings.put("work_mem", "16MB");
        settings.put("maintenance_work_mem", "128MB");
        settings.put("effective_cache_size", "1GB");
        settings.put("random_page_cost", "1.1");
        // Fewer checkpoints during an import, at the cost of disk space and of a longer recovery.
        settings.put("max_wal_size", "2GB");
        settings.put("checkpoint_timeout", "15min");
        // Nothing replicates a laptop's database, and WAL for replication slows COPY.
        settings.put("wal_level", "minimal");
        settings.put("max_wal_senders", "0");
        settings.put("log_checkpoints", "off");
        boolean durable = durability == Durability.DURABLE;
        // Taken as it is used. Indexes that do not fit are written and read again page by page.
        settings.put("shared_buffers", durable ? "512MB" : "128MB");
        settings.put("fsync", durable ? "on" : "off");
        settings.put("synchronous_commit", durable ? "on" : "off");
        settings.put("full_page_writes", durable ? "on" : "off");
        return settings;
    }

    /** A shell whose input ends when this process does, by whatever death; then it asks the server for a fast shutdown. */
    private static Process guard(long pid) throws IOException {
        return new ProcessBuilder("sh", "-c", "read -r never; kill -INT \"$0\"", Long.toString(pid))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** PostgreSQL refuses to run as root; in a user namespace of its own root is nobody, and still owns its files. */
    private static List<String> unprivileged() throws IOException, InterruptedException {
        if (new UnixSystem().getUid() != 0) {
            return List.of();
        }
        List<String> unshare = List.of("unshare", "--user");
        List<String> trial = new ArrayList<>(unshare);
        trial.add("true");
        try {
            if (processBuilder(trial).start().waitFor() == 0) {
                return unshare;
            }
        } catch (IOException e) {
            log.debug("No unshare here", e);
        }
        throw new LocalStackException(
                "PostgreSQL does not run as root, and root may not enter a user namespace here: run as an"
                        + " ordinary user, or name a database with PARCELWATCH_DB_URL");
    }

    private static ProcessBuilder processBuilder(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        Map<String, String> environment = builder.environment();
        // The caller's PGDATA, PGPORT and locale are meant for other servers; the messages are read below, in English.
        environment
                .keySet()
                .removeIf(name -> name.startsWith("PG") || name.startsWith("LC_") || name.startsWith("PARCELWATCH_"));
        environment.put("LC_ALL", "C");
        return builder;
    }

    private static BufferedReader reader(Process process) {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    private static String password(Path file) throws IOException {
        if (!Files.exists(file)) {
            byte[] random = new byte[16];
            new SecureRandom().nextBytes(random);
            OwnerOnly.write(file, HexFormat.of().formatHex(random) + "\n");
        }
        return Trouble.firstLine(Files.readString(file));
    }

    private void ensureOwnerAndDatabase() throws SQLException {
        try (Connection connection = connectAsSuperuser();
                Statement statement = connection.createStatement()) {
            if (!exists(statement, "select 1 from pg_roles where rolname = '" + OWNER + "'")) {
                statement.execute("create role " + OWNER + " login createdb password '" + password + "'");
            }
            if (!exists(statement, "select 1 from pg_database where datname = '" + OWNER + "'")) {
                statement.execute("create database " + OWNER + " owner " + OWNER);
            }
        }
    }

    private static boolean exists(Statement statement, String query) throws SQLException {
        try (ResultSet rows = statement.executeQuery(query)) {
            return rows.next();
        }
    }

    private Connection connectAsSuperuser() throws SQLException {
        return DriverManager.getConnection(url(SUPERUSER), SUPERUSER, password);
    }

    private String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    /** Follows what the server writes: into our log, for the moment it is ready, and for the reason it gives when it is not. */
    private static final class Output {

        private final CountDownLatch readyOrEnded = new CountDownLatch(1);
        private volatile boolean ready;
        private volatile String lastError = "it gave no reason";
        private final Thread follower;

        Output(Process server) {
            server.onExit().thenRun(readyOrEnded::countDown);
            follower = new Thread(() -> follow(server), "postgres-output");
            follower.setDaemon(true);
            follower.start();
        }

        boolean readyWithin(Duration limit) throws InterruptedException {
            if (!readyOrEnded.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                lastError = "it was not ready after " + limit.toMinutes() + " minutes";
            } else if (!ready) {
                // It ended; its last words may still be under way.
                follower.join(2_000);
            }
            return ready;
        }

        String lastError() {
            return lastError;
        }

        private void follow(Process server) {
            Consumer<String> take = line -> {
                log.info("postgres: {}", line);
                for (String severity : List.of("FATAL:", "PANIC:")) {
                    int at = line.indexOf(severity);
                    if (at >= 0) {
                        lastError = line.substring(at + severity.length()).strip();
                    }
                }
                if (line.endsWith("database system is ready to accept connections")) {
                    ready = true;
                    readyOrEnded.countDown();
                }
            };
            try (BufferedReader output = reader(server)) {
                output.lines().forEach(take);
            } catch (IOException | UncheckedIOException e) {
                log.debug("PostgreSQL's output ended", e);
            }
        }
    }
}
