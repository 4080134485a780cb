package io.parcelwatch.commandline;

import io.parcelwatch.watchshipments.WatchFailedException;
import io.parcelwatch.watchshipments.WatchOptions;
import io.parcelwatch.watchshipments.WatchShipments;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.core.execution.JobClient;

/** A live watch in this process. */
final class LiveWatch implements AutoCloseable {

    private static final long SECONDS_TO_CANCEL = 20;

    private final JobClient job;

    private LiveWatch(JobClient job) {
        this.job = job;
    }

    static LiveWatch start(WatchOptions options) {
        return new LiveWatch(WatchShipments.start(options));
    }

    /** Whether all of it runs. */
    boolean running() {
        return status() == JobStatus.RUNNING;
    }

    /** Fails where the watch has ended for good. */
    void check() {
        if (status().isGloballyTerminalState()) {
            try {
                job.getJobExecutionResult().get(SECONDS_TO_CANCEL, TimeUnit.SECONDS);
                throw new FailedException("watch-shipments ended by itself: run it again");
            } catch (ExecutionException e) {
                throw new WatchFailedException(e);
            } catch (TimeoutException e) {
                throw new FailedException("watch-shipments ended, and does not say why: run it again", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private JobStatus status() {
        try {
            return job.getJobStatus().get(SECONDS_TO_CANCEL, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // The little cluster is gone, and with it the job.
            return JobStatus.FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return JobStatus.SUSPENDED;
        }
    }

    /** Cancels it; its checkpoint stays. */
    @Override
    public void close() {
        try {
            job.cancel().get(SECONDS_TO_CANCEL, TimeUnit.SECONDS);
            job.getJobExecutionResult().get(SECONDS_TO_CANCEL, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // That is how a cancelled job ends.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
