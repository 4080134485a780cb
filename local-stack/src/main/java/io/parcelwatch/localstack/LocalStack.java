package io.parcelwatch.localstack;

import io.parcelwatch.localstack.Home.KeeperAddress;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A lease on the embedded services of one home. Commands on the same home, each in a process of its own, share one PostgreSQL
 * and one Kafka, which a background process, the {@link Keeper}, starts when they are first asked for. The lease is an open
 * socket: it ends with {@link #close()} or with the process, however that one dies. The services end when nobody has held a
 * lease for an idle time; their data stays.
 */
public final class LocalStack implements AutoCloseable {

    /** Environment variable: whole seconds without a lease after which the services end, 1 to 59. */
    public static final String IDLE_SECONDS = "PARCELWATCH_IDLE_SECONDS";

    private static final Duration DEFAULT_IDLE = Duration.ofSeconds(30);
    private static final Duration LONGEST_IDLE = Duration.ofSeconds(59);

    /** A keeper says something at least each second while it works on a request. */
    private static final Duration SILENCE_LIMIT = Duration.ofSeconds(10);

    /** Enough for a predecessor to stop both services and for a successor to come up on a busy machine. */
    static final Duration OPEN_LIMIT = Duration.ofSeconds(60);

    /** For the keeper's address and log; the services ask for what they take themselves. */
    private static final long SPACE_TO_SPAWN = 1 << 20;

    private static final Duration POLL = Duration.ofMillis(20);

    /** File locks are a process's, not a thread's: threads of this one queue here first. */
    private static final ReentrantLock PROCESS_LOCK = new ReentrantLock();

    private final Home home;
    private final KeeperAddress keeper;
    private final Socket socket;
    private final BufferedReader in;

    private LocalStack(Home home, KeeperAddress keeper, Socket socket, BufferedReader in) {
        this.home = home;
        this.keeper = keeper;
        this.socket = socket;
        this.in = in;
    }

    /**
     * Takes a lease, with the idle time that {@value #IDLE_SECONDS} says, or else 30 seconds. Starts no service yet.
     *
     * @param home PARCELWATCH_HOME; created where absent
     * @throws LocalStackException if the home cannot be used or its keeper does not answer
     */
    public static LocalStack open(Path home) {
        return open(home, idleFromEnvironment());
    }

    /**
     * Takes a lease.
     *
     * @param home PARCELWATCH_HOME; created where absent
     * @param idle how long the services outlive the last lease, at least a second and less than a minute; where a keeper runs
     *     already, its own stands
     * @throws LocalStackException if the home cannot be used or its keeper does not answer
     */
    public static LocalStack open(Path home, Duration idle) {
        if (idle.compareTo(Duration.ofSeconds(1)) < 0 || idle.compareTo(LONGEST_IDLE) > 0) {
            throw new IllegalArgumentException("idle must be from 1 to 59 seconds, not " + idle);
        }
        Home place = Home.of(home).create();
        try {
            LocalStack stack = connect(place);
            return stack != null ? stack : connectOrSpawn(place, idle);
        } catch (IOException e) {
            throw Trouble.explain("reach the local services", place.path(), e, place.log());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LocalStackException("interrupted while the local services were starting", e);
        }
    }

    /**
     * Ends the services of a home now, whoever uses them, and returns when they have ended and no longer touch the home. Does
     * nothing where none run.
     *
     * @param home PARCELWATCH_HOME; not created where absent
     * @throws LocalStackException if they do not end
     */
    public static void stop(Path home) {
        if (!Files.exists(Home.of(home).spawnLock())) {
            return;
        }
        Home place = Home.of(home);
        // With the lock no other process brings up a new keeper between the end of this one and the look for orphans.
        PROCESS_LOCK.lock();
        try (FileChannel channel = FileChannel.open(place.spawnLock(), StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            place = new Home(home.toRealPath());
            LocalStack stack = connect(place);
            if (stack != null) {
                try (stack) {
                    stack.request("stop");
                }
            }
            long deadline = System.nanoTime() + OPEN_LIMIT.toNanos();
            while (place.hasKeeper()) {
                if (System.nanoTime() > deadline) {
                    throw new LocalStackException(
                            "the services of " + place.path() + " do not end: " + howToKill(place));
                }
                Thread.sleep(POLL.toMillis());
            }
            EmbeddedPostgresServer.stopOrphan(place.postgres());
        } catch (IOException e) {
            throw Trouble.explain("stop the local services", place.path(), e, place.log());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LocalStackException("interrupted while the local services were stopping", e);
        } finally {
            PROCESS_LOCK.unlock();
        }
    }

    /**
     * Starts PostgreSQL, unless it runs, and returns when it takes connections: 1 to 3 seconds the first time.
     *
     * @throws LocalStackException if it does not start; the message says why
     */
    public PostgresAddress postgres() {
        String[] answer = request("postgres");
        return new PostgresAddress(answer[0], answer[1], answer[2]);
    }

    /**
     * Starts Kafka, unless it runs, and returns when it serves: 2 to 5 seconds the first time.
     *
     * @return bootstrap servers
     * @throws LocalStackException if it does not start; the message says why
     */
    public String kafka() {
        return request("kafka")[0];
    }

    /** Gives the lease back. The services go on for others, and for the idle time. Idempotent. */
    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new LocalStackException("cannot give back the lease on " + home.path(), e);
        }
    }

    private synchronized String[] request(String what) {
        try {
            send(socket, what);
            String line = in.readLine();
            while ("wait".equals(line)) {
                line = in.readLine();
            }
            if (line == null) {
                throw new LocalStackException("the services of " + home.path()
                        + " ended meanwhile: run the command again (more in " + home.log() + ")");
            }
            String[] fields = line.split("\t", -1);
            if (fields[0].equals("error")) {
                throw new LocalStackException(fields[1]);
            }
            return Stream.of(fields).skip(1).toArray(String[]::new);
        } catch (SocketTimeoutException e) {
            throw new LocalStackException(silent(home, keeper.pid()), e);
        } catch (IOException e) {
            throw new LocalStackException(
                    "the services of " + home.path() + " ended meanwhile: run the command again (more in " + home.log()
                            + ")",
                    e);
        }
    }

    /** A lease from the keeper that runs; null where none does, or where it is about to end. */
    private static LocalStack connect(Home home) throws IOException {
        KeeperAddress address;
        try {
            address = home.address().orElse(null);
        } catch (NoSuchFileException e) {
            address = null;
        }
        if (address == null) {
            return null;
        }
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), address.port()), (int)
                    SILENCE_LIMIT.toMillis());
            socket.setSoTimeout((int) SILENCE_LIMIT.toMillis());
            socket.setTcpNoDelay(true);
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            send(socket, address.token());
            if ("ok".equals(in.readLine())) {
                return new LocalStack(home, address, socket, in);
            }
        } catch (SocketTimeoutException e) {
            socket.close();
            // After a crash the port may be another program's, which has no reason to answer.
            if (hasKeeper(home)) {
                throw new LocalStackException(silent(home, address.pid()), e);
            }
            return null;
        } catch (IOException e) {
            // Refused or reset: that keeper has gone.
        }
        socket.close();
        return null;
    }

    private static LocalStack connectOrSpawn(Home home, Duration idle) throws IOException, InterruptedException {
        PROCESS_LOCK.lock();
        try (FileChannel channel =
                        FileChannel.open(home.spawnLock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            LocalStack stack = connect(home);
            if (stack != null) {
                return stack;
            }
            Trouble.requireSpace("start the local services", home.path(), SPACE_TO_SPAWN);
            Process spawned = spawn(home, idle);
            long deadline = System.nanoTime() + OPEN_LIMIT.toNanos();
            while (System.nanoTime() < deadline) {
                boolean ended = !spawned.isAlive();
                stack = connect(home);
                if (stack != null) {
                    return stack;
                }
                if (ended) {
                    throw new LocalStackException(lastWords(home));
                }
                Thread.sleep(POLL.toMillis());
            }
            spawned.destroyForcibly();
            throw new LocalStackException("the services of " + home.path() + " did not come up within "
                    + OPEN_LIMIT.toSeconds() + " seconds (more in " + home.log() + ")");
        } finally {
            PROCESS_LOCK.unlock();
        }
    }

    /** A JVM of its own that outlives this one and whatever terminal this one was started from. */
    static Process spawn(Home home, Duration idle) throws IOException {
        List<String> command = new ArrayList<>();
        if (isOnPath("setsid")) {
            // A session of its own: Ctrl-C in the terminal of the first command must not end it for the others.
            command.add("setsid");
        }
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError",
                "-Dfile.encoding=UTF-8",
                "-Djava.awt.headless=true",
                "-Dlogback.configurationFile=io/parcelwatch/localstack/keeper-logback.xml",
                "-Dparcelwatch.keeper.log=" + home.log(),
                Keeper.class.getName(),
                home.path().toString(),
                Long.toString(idle.toMillis())));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(home.log().toFile())
                .redirectErrorStream(true)
                .redirectOutput(home.lastWords().toFile());
        Map<String, String> environment = builder.environment();
        // Secrets of the command are none of the keeper's business, and a debugger's port is taken by the command
        // itself.
        environment
                .keySet()
                .removeIf(name -> name.startsWith("PARCELWATCH_")
                        || name.equals("JAVA_TOOL_OPTIONS")
                        || name.equals("JDK_JAVA_OPTIONS"));
        environment.put("CLASSPATH", absoluteClassPath());
        Process process = builder.start();
        process.getOutputStream().close();
        return process;
    }

    private static String absoluteClassPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.isEmpty())
                .map(entry -> entry.endsWith("*")
                        ? new File(entry).getAbsolutePath()
                        : Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static boolean isOnPath(String program) {
        String path = System.getenv("PATH");
        return path != null
                && Stream.of(path.split(File.pathSeparator))
                        .anyMatch(directory -> new File(directory, program).canExecute());
    }

    private static String lastWords(Home home) throws IOException {
        String said = Files.exists(home.lastWords()) ? Files.readString(home.lastWords()) : "";
        return said.lines()
                .filter(line -> line.startsWith(Keeper.LAST_WORDS))
                .map(line -> line.substring(Keeper.LAST_WORDS.length()))
                .findFirst()
                .orElse("the services of " + home.path() + " did not come up (more in " + home.log() + ")");
    }

    private static String silent(Home home, long pid) {
        return "the services of " + home.path() + " do not answer: end their process with `kill -9 " + pid
                + "` and run the command again; their data is safe";
    }

    private static String howToKill(Home home) throws IOException {
        return home.address()
                .map(address -> "end their process with `kill -9 " + address.pid() + "`")
                .orElse("end the process that locks " + home.keeperLock());
    }

    private static void send(Socket socket, String line) throws IOException {
        socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
    }

    private static Duration idleFromEnvironment() {
        String text = System.getenv(IDLE_SECONDS);
        if (text == null || text.isBlank()) {
            return DEFAULT_IDLE;
        }
        if (!text.strip().matches("[1-9]|[1-5][0-9]")) {
            throw new LocalStackException(
                    IDLE_SECONDS + " must be a number of seconds from 1 to 59, not \"" + text + "\"");
        }
        return Duration.ofSeconds(Long.parseLong(text.strip()));
    }

    private static boolean hasKeeper(Home home) throws IOException {
        PROCESS_LOCK.lock();
        try {
            return home.hasKeeper();
        } finally {
            PROCESS_LOCK.unlock();
        }
    }
}
