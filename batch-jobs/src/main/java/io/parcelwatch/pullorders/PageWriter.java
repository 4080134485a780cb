package io.parcelwatch.pullorders;

import org.springframework.batch.infrastructure.item.Chunk;
import org.springframework.batch.infrastructure.item.ItemWriter;

/** Stores pages, and moves the cursor in their transaction. */
final class PageWriter implements ItemWriter<OrderPage> {

    private final OrderPulls pulls;
    private final Pull pull;
    private final PullProgress progress;

    PageWriter(OrderPulls pulls, Pull pull, PullProgress progress) {
        this.pulls = pulls;
        this.pull = pull;
        this.progress = progress;
    }

    @Override
    public void write(Chunk<? extends OrderPage> chunk) {
        for (OrderPage page : chunk) {
            Pull standing = pulls.read(pull.id());
            pulls.store(pull.id(), standing.pages() + 1, page);
            progress.pulled(standing.pages() + 1, standing.orders() + page.orders());
        }
    }
}
