package io.parcelwatch.pullorders;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** A channel's API on this machine, over real HTTP. It answers as it is told, and misbehaves for as many requests as it is told to. */
final class ApiServer implements AutoCloseable {

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final Deque<Answer> faults = new ArrayDeque<>();
    private volatile Function<Request, Answer> behaviour;

    ApiServer(Function<Request, Answer> behaviour) {
        this.behaviour = behaviour;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /** What was asked. */
    record Request(
            String method, String path, Map<String, String> query, Map<String, List<String>> headers, String body) {

        String header(String name) {
            return headers.getOrDefault(name, List.of("")).get(0);
        }
    }

    /** How a request is answered. */
    @FunctionalInterface
    interface Answer {

        void to(HttpExchange exchange) throws IOException;
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** From now on it answers like this. */
    void answers(Function<Request, Answer> other) {
        behaviour = other;
    }

    /** The next requests are answered like this, one each; what follows as usual. */
    synchronized void misbehaves(Answer... next) {
        faults.addAll(List.of(next));
    }

    /** What was asked so far, in order. */
    List<Request> requests() {
        return requests;
    }

    static Answer status(int status, String body, String... headers) {
        return exchange -> {
            for (int i = 0; i < headers.length; i += 2) {
                exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
            }
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        };
    }

    static Answer json(String body, String... headers) {
        return status(200, body, headers);
    }

    /** The connection ends in the middle of the body. */
    static Answer cut() {
        return exchange -> {
            exchange.sendResponseHeaders(200, 1_000);
            exchange.getResponseBody().write("{\"orders\":[{\"id\":".getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
        };
    }

    /** A body that begins, and does not go on until the server closes. */
    Answer stuck() {
        return exchange -> {
            exchange.sendResponseHeaders(200, 1_000);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            try {
                closing.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
    }

    /** A body that does not end before somebody has enough of it. */
    static Answer endless() {
        return exchange -> {
            exchange.sendResponseHeaders(200, 0);
            byte[] white = " ".repeat(1 << 16).getBytes(StandardCharsets.UTF_8);
            while (true) {
                exchange.getResponseBody().write(white);
            }
        };
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Request request = new Request(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().getPath(),
                    form(exchange.getRequestURI().getRawQuery()),
                    exchange.getRequestHeaders(),
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            Answer answer;
            synchronized (this) {
                requests.add(request);
                answer = faults.isEmpty() ? behaviour.apply(request) : faults.remove();
            }
            answer.to(exchange);
        }
    }

    static Map<String, String> form(String form) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (String field : form == null ? new String[0] : form.split("&")) {
            String[] parts = field.split("=", 2);
            fields.put(decoded(parts[0]), decoded(parts[1]));
        }
        return fields;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
