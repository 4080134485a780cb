package io.parcelwatch.intake;

import java.util.concurrent.CountDownLatch;
import org.springframework.batch.core.listener.StepExecutionListener;
import org.springframework.batch.core.step.StepExecution;

/**
 * A file's place among those of its request. Several are staged at once, but each is judged and merged only after all that were named before
 * it have ended, however they ended: so of equally new versions that of the later file wins, in every run. The step that must not run before
 * has this as a listener, and waits outside of any transaction.
 */
public final class Turn implements StepExecutionListener {

    private final Turn before;
    private final CountDownLatch ended = new CountDownLatch(1);

    private Turn(Turn before) {
        this.before = before;
    }

    /** The place of a request's first file. */
    static Turn first() {
        return new Turn(null);
    }

    /** The place behind this one. */
    Turn next() {
        return new Turn(this);
    }

    /** The file has ended. */
    void end() {
        ended.countDown();
    }

    @Override
    public void beforeStep(StepExecution step) {
        try {
            awaitThoseBefore();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while another file was imported: run again", e);
        }
    }

    /** Waits until all files named before have ended. */
    void awaitThoseBefore() throws InterruptedException {
        for (Turn turn = before; turn != null; turn = turn.before) {
            turn.ended.await();
        }
    }
}
