package io.parcelwatch.model;

import java.util.EnumMap;
import java.util.Map;

/**
 * The one table that decides what a report does to a parcel's status. Every pair of statuses is in it.
 *
 * <p>Rows are the status the parcel has, columns the status that is reported later in time. Skipping ahead is allowed. What the table refuses
 * is kept and still counts as movement if it was a scan. The last row is that of a parcel that was called off (lost) on the way back: what
 * turns up again is still on the way back.
 *
 * <pre>
 *  >   applies: the reported status becomes the parcel's
 *  =   confirms: the parcel has it already
 *  !   contradicts a delivery: applies, and the delivery before it did not happen
 *  R   reads RETURNED: on the way back "delivered" means delivered to the sender
 *  b   refused: goes back to where the parcel has already been
 *  d   refused: after delivery (a depot's late scan, a claim)
 *  r   refused: on the way back only the end of it matters
 *  f   refused: the sender has it back, the story is over
 *  c   refused: called off, and nothing moved
 *  u   says nothing: UNKNOWN never replaces a known status
 * </pre>
 */
public final class Lifecycle {

    /** What a report does. */
    public enum Effect {
        APPLIES,
        CONFIRMS,
        CONTRADICTS_DELIVERY,
        READS_RETURNED,
        REFUSED_BACKWARD,
        REFUSED_AFTER_DELIVERY,
        REFUSED_ON_RETURN,
        REFUSED_AFTER_RETURN,
        REFUSED_AFTER_CANCELLATION,
        SAYS_NOTHING;

        /** Whether the parcel's status changes. */
        public boolean changesStatus() {
            return this == APPLIES || this == CONTRADICTS_DELIVERY || this == READS_RETURNED;
        }

        /** Whether the report was refused: kept, marked, without effect on the status. */
        public boolean refused() {
            return ordinal() >= REFUSED_BACKWARD.ordinal() && ordinal() <= REFUSED_AFTER_CANCELLATION.ordinal();
        }
    }

    private static final String TABLE = """
                                  PRE PICK TRANS EXC OUT ATT AVAIL DELIV RETG RETD CANC UNK
            PRE_TRANSIT            =   >    >    >   >   >    >     >     >    >    >    u
            PICKED_UP              b   =    >    >   >   >    >     >     >    >    >    u
            IN_TRANSIT             b   b    =    >   >   >    >     >     >    >    >    u
            EXCEPTION              b   >    >    =   >   >    >     >     >    >    >    u
            OUT_FOR_DELIVERY       b   b    >    >   =   >    >     >     >    >    >    u
            ATTEMPTED              b   b    >    >   >   =    >     >     >    >    >    u
            AVAILABLE_FOR_PICKUP   b   b    >    >   >   >    =     >     >    >    >    u
            DELIVERED              d   d    d    d   !   !    !     =     >    >    d    u
            RETURNING              r   r    r    r   r   r    r     R     =    >    >    u
            RETURNED               f   f    f    f   f   f    f     =     f    =    f    u
            CANCELLED              c   >    >    >   >   >    >     >     >    >    =    u
            UNKNOWN                >   >    >    >   >   >    >     >     >    >    >    =
            CANCELLED/LEG_2        r   r    r    r   r   r    r     R     >    >    =    u
            """;

    private static final String ON_LEG_2 = "/LEG_2";

    private static final Map<Status, Map<Status, Effect>> OUTBOUND = parse(1);
    private static final Map<Status, Map<Status, Effect>> ON_THE_WAY_BACK = parse(2);

    private Lifecycle() {}

    /**
     * What a report does to a parcel on its way out.
     *
     * @param current  the status the parcel has; null before its first report
     * @param reported the status reported
     */
    public static Effect effect(Status current, Status reported) {
        return effect(current, 1, reported);
    }

    /**
     * What a report does to a parcel.
     *
     * @param current  the status the parcel has; null before its first report
     * @param leg      1 outbound, 2 on the way back
     * @param reported the status reported
     */
    public static Effect effect(Status current, int leg, Status reported) {
        return (leg == 1 ? OUTBOUND : ON_THE_WAY_BACK)
                .get(current == null ? Status.UNKNOWN : current)
                .get(reported);
    }

    /**
     * The status a parcel on its way out has after a report.
     *
     * @param current  the status before; null before the first report
     * @param reported the status reported
     */
    public static Status after(Status current, Status reported) {
        return after(current, 1, reported);
    }

    /**
     * The status a parcel has after a report.
     *
     * @param current  the status before; null before the first report
     * @param leg      1 outbound, 2 on the way back
     * @param reported the status reported
     */
    public static Status after(Status current, int leg, Status reported) {
        Effect effect = effect(current, leg, reported);
        if (effect == Effect.READS_RETURNED) {
            return Status.RETURNED;
        }
        if (effect.changesStatus()) {
            return reported;
        }
        return current == null ? Status.UNKNOWN : current;
    }

    /** The rows that hold on a leg: one that names its leg takes the place of the one that does not. */
    private static Map<Status, Map<Status, Effect>> parse(int leg) {
        Map<Status, Map<Status, Effect>> table = new EnumMap<>(Status.class);
        TABLE.lines().skip(1).map(line -> line.strip().split("\\s+")).forEach(cells -> {
            Map<Status, Effect> row = new EnumMap<>(Status.class);
            for (Status reported : Status.values()) {
                row.put(reported, effect(cells[1 + reported.ordinal()]));
            }
            if (leg == 2 || !cells[0].endsWith(ON_LEG_2)) {
                table.put(Status.valueOf(cells[0].replace(ON_LEG_2, "")), row);
            }
        });
        return table;
    }

    private static Effect effect(String cell) {
        return switch (cell) {
            case ">" -> Effect.APPLIES;
            case "=" -> Effect.CONFIRMS;
            case "!" -> Effect.CONTRADICTS_DELIVERY;
            case "R" -> Effect.READS_RETURNED;
            case "b" -> Effect.REFUSED_BACKWARD;
            case "d" -> Effect.REFUSED_AFTER_DELIVERY;
            case "r" -> Effect.REFUSED_ON_RETURN;
            case "f" -> Effect.REFUSED_AFTER_RETURN;
            case "c" -> Effect.REFUSED_AFTER_CANCELLATION;
            case "u" -> Effect.SAYS_NOTHING;
            default -> throw new IllegalStateException("no such effect in the lifecycle table: " + cell);
        };
    }
}
