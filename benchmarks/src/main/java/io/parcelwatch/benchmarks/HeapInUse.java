package io.parcelwatch.benchmarks;

import com.sun.management.GarbageCollectionNotificationInfo;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;

/** The most heap that was in use right after a full collection: what was alive, and not garbage that nobody had needed to remove yet. */
final class HeapInUse {

    private final AtomicLong most = new AtomicLong();

    /** Watches from now on. */
    HeapInUse() {
        Set<String> heap = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .map(pool -> pool.getName())
                .collect(Collectors.toSet());
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            ((NotificationEmitter) collector)
                    .addNotificationListener(
                            (notification, handback) -> {
                                if (!notification
                                        .getType()
                                        .equals(GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION)) {
                                    return;
                                }
                                GarbageCollectionNotificationInfo collection = GarbageCollectionNotificationInfo.from(
                                        (CompositeData) notification.getUserData());
                                if (collection.getGcAction().equals("end of major GC")) {
                                    long alive = collection.getGcInfo().getMemoryUsageAfterGc().entrySet().stream()
                                            .filter(pool -> heap.contains(pool.getKey()))
                                            .map(pool -> pool.getValue())
                                            .mapToLong(MemoryUsage::getUsed)
                                            .sum();
                                    most.accumulateAndGet(alive, Math::max);
                                }
                            },
                            null,
                            null);
        }
    }

    /** The most until now, in bytes, 0 where no full collection was needed; begins anew. */
    long takeMost() {
        return most.getAndSet(0);
    }
}
