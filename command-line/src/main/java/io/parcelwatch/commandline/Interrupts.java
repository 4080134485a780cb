package io.parcelwatch.commandline;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * Ctrl-C and SIGTERM as a wish to end, which the command grants in its own time: it goes on in its own thread, cleans up and returns. The
 * second one ends the process at once.
 */
final class Interrupts {

    private static final List<String> SIGNALS = List.of("INT", "TERM", "HUP");

    private final CountDownLatch asked = new CountDownLatch(1);

    /** From now on, signals are wishes. */
    static Interrupts catchAll() {
        Interrupts interrupts = new Interrupts();
        SignalHandler handler = signal -> {
            if (interrupts.asked.getCount() == 0) {
                Runtime.getRuntime().halt(ExitCode.INTERRUPTED);
            }
            interrupts.asked.countDown();
        };
        for (String name : SIGNALS) {
            try {
                Signal.handle(new Signal(name), handler);
            } catch (IllegalArgumentException e) {
                // Started with nohup: that signal is not ours to catch.
            }
        }
        return interrupts;
    }

    boolean asked() {
        return asked.getCount() == 0;
    }

    /** Waits until somebody asks, at most so long. */
    boolean await(long milliseconds) throws InterruptedException {
        return asked.await(milliseconds, java.util.concurrent.TimeUnit.MILLISECONDS);
    }
}
