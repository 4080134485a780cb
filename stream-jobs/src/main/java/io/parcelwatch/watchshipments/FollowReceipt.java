package io.parcelwatch.watchshipments;

import org.apache.flink.api.common.eventtime.AscendingTimestampsWatermarks;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;

/**
 * The clock of payloads follows the time of receipt, never the carriers' times. No idleness: a partition that is silent gets ticks, and one that is
 * being caught up must hold the clock back.
 */
final class FollowReceipt extends SplitClocks {

    private static final long serialVersionUID = 1L;

    @Override
    WatermarkGenerator<RawRecord> ofSplit(Context context) {
        return new AscendingTimestampsWatermarks<>();
    }

    @Override
    boolean nothingToWaitFor() {
        return false;
    }
}
