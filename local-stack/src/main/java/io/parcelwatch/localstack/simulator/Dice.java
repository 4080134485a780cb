package io.parcelwatch.localstack.simulator;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Chance that repeats itself: the same seed and the same names give the same throws on every machine. Each thing that is simulated throws
 * dice of its own, so that one more throw for a parcel does not change all parcels after it.
 */
final class Dice {

    private final SplittableRandom random;

    private Dice(long seed) {
        this.random = new SplittableRandom(seed);
    }

    static Dice of(long seed, String what, long... numbers) {
        long mixed = mix(seed ^ 0x9E3779B97F4A7C15L);
        for (int i = 0; i < what.length(); i++) {
            mixed = mix(mixed * 31 + what.charAt(i));
        }
        for (long number : numbers) {
            mixed = mix(mixed * 31 + number);
        }
        return new Dice(mixed);
    }

    /** A whole number from low to high, both included. */
    int between(int low, int high) {
        return low + random.nextInt(high - low + 1);
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    double fraction() {
        return random.nextDouble();
    }

    <T> T pick(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    /** A duration to the second, from low to high minutes. */
    Duration minutes(int low, int high) {
        return Duration.ofSeconds(low * 60L + random.nextLong((high - low) * 60L + 1));
    }

    /** A duration to the second, from low to high hours. */
    Duration hours(int low, int high) {
        return minutes(low * 60, high * 60);
    }

    /** A normally distributed number. StrictMath, because the last digit of Math may differ between machines. */
    double gaussian() {
        double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - random.nextDouble()));
        return radius * StrictMath.cos(2 * StrictMath.PI * random.nextDouble());
    }

    byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Shuffles in place. */
    void shuffle(int[] numbers) {
        for (int i = numbers.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swapped = numbers[i];
            numbers[i] = numbers[j];
            numbers[j] = swapped;
        }
    }

    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
