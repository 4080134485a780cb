package io.parcelwatch.pullorders;

import java.time.Duration;

/** Is told how a pull advances, on the thread that pulls. */
public interface PullProgress {

    /** Nobody watches. */
    PullProgress SILENT = new PullProgress() {};

    /**
     * A page came.
     *
     * @param pages  so many so far, of earlier runs of the same pull too
     * @param orders in them
     */
    default void pulled(int pages, long orders) {}

    /**
     * Nothing happens for a while.
     *
     * @param why in words that go on after "waits 2 s"
     */
    default void waits(Duration duration, String why) {}
}
