package io.parcelwatch.localstack;

import io.parcelwatch.localstack.Home.KeeperAddress;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.kafka.common.utils.Exit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process that runs the embedded services of one home, for every command that works there. {@link LocalStack} starts it.
 *
 * <p>It listens on loopback. A client sends the token, is answered {@code ok} and has a lease as long as the connection stands;
 * it may then send {@code postgres}, {@code kafka} or {@code stop}, each a line, and gets {@code wait} each second until there is
 * an answer: {@code ok} and the values, or {@code error} and a line for the user, parted by tabs.
 *
 * <p>It ends when it has been without a client for the idle time, when it is told to, and at once when its home is deleted. For its
 * first client, which may be slow to come or have died on the way, it waits a minute.
 */
final class Keeper {

    /** Begins the line on standard error that says why it could not start. */
    static final String LAST_WORDS = "keeper: ";

    private static final Logger log = LoggerFactory.getLogger(Keeper.class);

    private static final Duration PREDECESSOR_LIMIT = Duration.ofSeconds(45);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(25);

    /** Whoever started this process gives up after as long. The idle time may be a second, in which a busy machine lets nobody connect. */
    private static final Duration FIRST_LEASE_LIMIT = LocalStack.OPEN_LIMIT;

    private static final Duration LOOK = Duration.ofMillis(250);

    private final Home home;
    private final Duration idle;
    private final KeeperAddress address;
    private final ServerSocket listener;

    private int leases;
    private boolean leasedOnce;
    private long idleSince = System.nanoTime();
    private boolean ending;
    private CompletableFuture<EmbeddedPostgresServer> postgres;
    private CompletableFuture<EmbeddedKafkaBroker> kafka;

    private Keeper(Home home, Duration idle) throws IOException {
        this.home = home;
        this.idle = idle;
        this.listener = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        byte[] token = new byte[24];
        new SecureRandom().nextBytes(token);
        this.address = new KeeperAddress(
                ProcessHandle.current().pid(),
                listener.getLocalPort(),
                HexFormat.of().formatHex(token));
    }

    /** Arguments: the home, and the idle time in milliseconds. */
    public static void main(String[] arguments) {
        Home home = Home.of(Path.of(arguments[0]));
        try (FileChannel channel =
                        FileChannel.open(home.keeperLock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = lock(home, channel)) {
            Keeper keeper = new Keeper(home, Duration.ofMillis(Long.parseLong(arguments[1])));
            keeper.run();
            // Kafka leaves threads behind that would keep the JVM, and with it the lock.
            Runtime.getRuntime().halt(0);
        } catch (IOException | LocalStackException e) {
            LocalStackException trouble = Trouble.explain("start the local services", home.path(), e, home.log());
            log.error("Could not start", trouble);
            System.err.println(LAST_WORDS + trouble.getMessage());
            System.exit(1);
        } catch (InterruptedException e) {
            System.exit(1);
        }
    }

    /** The predecessor holds the lock until its services have stopped: two keepers never work on the same data. */
    private static FileLock lock(Home home, FileChannel channel) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PREDECESSOR_LIMIT.toNanos();
        for (FileLock lock = channel.tryLock(); ; lock = channel.tryLock()) {
            if (lock != null) {
                return lock;
            }
            if (System.nanoTime() > deadline) {
                throw new LocalStackException("an earlier process still holds the services of " + home.path()
                        + " and does not end: end the process that locks " + home.keeperLock()
                        + " and run the command again");
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private void run() throws IOException, InterruptedException {
        Exit.setHaltProcedure((status, message) -> kafkaGaveUp(message));
        Exit.setExitProcedure((status, message) -> kafkaGaveUp(message));
        Thread onSignal = new Thread(this::stopServices, "stop-on-signal");
        Runtime.getRuntime().addShutdownHook(onSignal);
        home.publish(address);
        Thread accepting = new Thread(this::accept, "accept");
        accepting.setDaemon(true);
        accepting.start();
        log.info("Keeping {} as process {}", home.path(), address.pid());
        while (!isOver()) {
            if (isDeleted()) {
                log.info("{} was deleted", home.path());
                abandon();
            }
            TimeUnit.MILLISECONDS.sleep(LOOK.toMillis());
        }
        stopServices();
    }

    private synchronized boolean isOver() {
        Duration limit = leasedOnce ? idle : FIRST_LEASE_LIMIT;
        if (!ending && leases == 0 && System.nanoTime() - idleSince > limit.toNanos()) {
            log.info("Nobody has asked for anything for {}", limit);
            ending = true;
        }
        return ending;
    }

    /** True when the home, or the data of a service that runs, is no longer what this process works on. */
    private boolean isDeleted() {
        try {
            if (home.address().filter(address::equals).isEmpty()) {
                return true;
            }
        } catch (IOException | RuntimeException e) {
            return true;
        }
        synchronized (this) {
            return running(postgres).isPresent()
                            && !Files.exists(home.postgres().resolve("data/PG_VERSION"))
                    || running(kafka).isPresent() && !Files.exists(home.kafka().resolve("data/meta.properties"));
        }
    }

    /** Ends at once, with nothing to save. PostgreSQL's guard would end it too, but with a checkpoint into nothing. */
    private void abandon() {
        running(postgres).ifPresent(EmbeddedPostgresServer::kill);
        Runtime.getRuntime().halt(0);
    }

    private synchronized void end() {
        ending = true;
    }

    private void stopServices() {
        CompletableFuture<Void> stopped;
        synchronized (this) {
            ending = true;
            stopped = CompletableFuture.allOf(stop(postgres), stop(kafka));
        }
        try {
            home.withdrawAddress();
            listener.close();
            stopped.get(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS);
            log.info("Stopped");
        } catch (TimeoutException | ExecutionException | IOException e) {
            log.warn("Did not stop cleanly; the next start recovers", e);
            running(postgres).ifPresent(EmbeddedPostgresServer::kill);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Each in a thread of its own: one that hangs must not keep the other from ending well. */
    private static CompletableFuture<Void> stop(CompletableFuture<? extends AutoCloseable> service) {
        if (service == null) {
            return CompletableFuture.completedFuture(null);
        }
        return service.handleAsync(
                (started, failure) -> {
                    if (started != null) {
                        try {
                            started.close();
                        } catch (Exception e) {
                            log.warn("Stopping {}", started, e);
                        }
                    }
                    return null;
                },
                task -> new Thread(task, "stop").start());
    }

    /** Kafka ends the process where it cannot go on, for example when its disk is full. The others get a word first. */
    private void kafkaGaveUp(String message) {
        LocalStackException trouble = Trouble.explain(
                "run Kafka",
                home.kafka(),
                new IOException(message == null ? "it gave up" : Trouble.firstLine(message)),
                home.log());
        log.error("Kafka gave up: {}", trouble.getMessage());
        synchronized (this) {
            ending = true;
            if (kafka != null) {
                kafka.completeExceptionally(trouble);
            }
        }
        throw trouble;
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                Thread serving = new Thread(() -> serve(client), "client");
                serving.setDaemon(true);
                serving.start();
            }
        } catch (IOException e) {
            log.debug("No longer listening", e);
            end();
        }
    }

    private void serve(Socket client) {
        try (client) {
            client.setTcpNoDelay(true);
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
            // A stranger on the port must not hold a thread for long.
            client.setSoTimeout(5_000);
            String token = in.readLine();
            if (token == null || !matches(token) || !lease()) {
                return;
            }
            try {
                client.setSoTimeout(0);
                send(client, "ok");
                for (String request = in.readLine(); request != null; request = in.readLine()) {
                    answer(client, request);
                }
            } finally {
                giveBack();
            }
        } catch (SocketException e) {
            log.debug("A client has gone", e);
        } catch (IOException e) {
            log.info("A client was lost: {}", e.toString());
        }
    }

    private boolean matches(String token) {
        return MessageDigest.isEqual(
                token.getBytes(StandardCharsets.UTF_8), address.token().getBytes(StandardCharsets.UTF_8));
    }

    private synchronized boolean lease() {
        if (ending) {
            return false;
        }
        leases++;
        leasedOnce = true;
        return true;
    }

    private synchronized void giveBack() {
        leases--;
        idleSince = System.nanoTime();
    }

    private void answer(Socket client, String request) throws IOException {
        switch (request) {
            case "postgres" -> {
                answer(client, startedPostgres().thenApply(server -> {
                    PostgresAddress shared = server.address();
                    return shared.url() + "\t" + shared.user() + "\t" + shared.password();
                }));
            }
            case "kafka" -> answer(client, startedKafka().thenApply(EmbeddedKafkaBroker::bootstrapServers));
            case "stop" -> {
                log.info("Told to stop");
                end();
                send(client, "ok");
            }
            default -> send(client, "error\tunknown request: " + request);
        }
    }

    private static void answer(Socket client, CompletableFuture<String> values) throws IOException {
        while (true) {
            try {
                send(client, "ok\t" + values.get(1, TimeUnit.SECONDS));
                return;
            } catch (TimeoutException e) {
                send(client, "wait");
            } catch (ExecutionException e) {
                send(client, "error\t" + e.getCause().getMessage());
                return;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private synchronized CompletableFuture<EmbeddedPostgresServer> startedPostgres() {
        boolean ended = running(postgres).filter(server -> !server.isAlive()).isPresent();
        if (postgres == null || postgres.isCompletedExceptionally() || ended) {
            postgres = start("PostgreSQL", () -> EmbeddedPostgresServer.start(home.postgres(), Durability.DURABLE));
        }
        return postgres;
    }

    private synchronized CompletableFuture<EmbeddedKafkaBroker> startedKafka() {
        if (kafka == null || kafka.isCompletedExceptionally()) {
            kafka = start("Kafka", () -> EmbeddedKafkaBroker.start(home.kafka()));
        }
        return kafka;
    }

    private <T> CompletableFuture<T> start(String what, Supplier<T> starter) {
        if (ending) {
            return CompletableFuture.failedFuture(
                    new LocalStackException("the services of " + home.path() + " are stopping: run the command again"));
        }
        CompletableFuture<T> future = new CompletableFuture<>();
        Thread starting = new Thread(
                () -> {
                    long begun = System.nanoTime();
                    try {
                        future.complete(starter.get());
                        log.info("{} is up after {} ms", what, (System.nanoTime() - begun) / 1_000_000);
                    } catch (RuntimeException | Error e) {
                        log.error("{} did not start", what, e);
                        future.completeExceptionally(
                                e instanceof LocalStackException
                                        ? e
                                        : new LocalStackException(
                                                "cannot start " + what + ": " + e + " (more in " + home.log() + ")",
                                                e));
                    }
                },
                "start-" + what);
        starting.setDaemon(true);
        starting.start();
        return future;
    }

    private static <T> Optional<T> running(CompletableFuture<T> service) {
        return service == null || !service.isDone() || service.isCompletedExceptionally()
                ? Optional.empty()
                : Optional.of(service.join());
    }

    private static void send(Socket client, String line) throws IOException {
        client.getOutputStream().write((line.replace('\n', ' ') + "\n").getBytes(StandardCharsets.UTF_8));
        client.getOutputStream().flush();
    }
}
