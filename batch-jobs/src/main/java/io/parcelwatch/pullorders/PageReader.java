package io.parcelwatch.pullorders;

import java.util.Set;
import org.springframework.batch.infrastructure.item.ExecutionContext;
import org.springframework.batch.infrastructure.item.ItemStreamReader;

/**
 * The pages of a pull that are not stored yet. Where it stands is read from {@code order_pull} when the step opens: the writer moves that
 * with the pages. From then on no statement runs in here, so that no transaction is open in the database while the API thinks.
 */
final class PageReader implements ItemStreamReader<OrderPage> {

    /** So many empty pages in a row that all lead on are no pages of anything. */
    private static final int MOST_EMPTY = 100;

    private final OrderPulls pulls;
    private final Pull pull;
    private final OrderApi api;
    private Set<String> footprints;
    private String cursor;
    private int page;
    private int empty;
    private boolean whole;

    PageReader(OrderPulls pulls, Pull pull, OrderApi api) {
        this.pulls = pulls;
        this.pull = pull;
        this.api = api;
    }

    @Override
    public void open(ExecutionContext context) {
        Pull standing = pulls.read(pull.id());
        cursor = standing.cursor();
        page = standing.pages();
        whole = standing.whole();
        footprints = pulls.footprints(pull.id());
    }

    @Override
    public OrderPage read() {
        if (whole) {
            return null;
        }
        OrderPage read = api.page(pull.since(), cursor);
        page++;
        refuseRepeated(read);
        cursor = read.next();
        whole = cursor == null;
        return read;
    }

    private void refuseRepeated(OrderPage read) {
        empty = read.orders() == 0 ? empty + 1 : 0;
        boolean content = read.orders() == 0 || footprints.add("page " + read.digest());
        boolean next = read.next() == null || footprints.add("cursor " + read.next());
        if (!content || !next || empty > MOST_EMPTY) {
            String what = !content
                    ? "holds what an earlier page held"
                    : !next ? "leads back to an earlier page" : "is the " + empty + "th empty page in a row";
            throw new LostPlaceException(
                    "the API of " + pull.channel() + " goes in circles: page " + page + " " + what);
        }
    }
}
