package io.parcelwatch.importfulfilments;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What the tracking numbers of well-known carriers look like, and their check digits: by UPU S10 (postal services),
 * and for the others by what the open collection <a
 * href="https://github.com/jkeen/tracking_number_data">tracking_number_data</a> found on labels. A number of a shape
 * that is not here is nothing to be suspicious of: carriers have more shapes than anybody lists.
 */
final class NumberShapes {

    /**
     * A shape of numbers.
     *
     * @param name     as a person calls it
     * @param carriers whose it is
     * @param exact    whether no other carrier has numbers like it: a number with a good check digit is theirs
     * @param pattern  the whole number
     * @param checks   whether the check digit is right
     */
    private record Shape(String name, Set<String> carriers, boolean exact, Pattern pattern, Predicate<String> checks) {}

    private static final int[] S10_WEIGHTS = {8, 6, 4, 2, 3, 5, 9, 7};
    private static final int[] FEDEX_WEIGHTS = {3, 1, 7, 3, 1, 7, 3, 1, 7, 3, 1};

    private static final List<Shape> SHAPES = List.of(
            new Shape(
                    "UPS 1Z",
                    Set.of("ups"),
                    true,
                    Pattern.compile("1Z[0-9A-Z]{15}\\d"),
                    number -> mod10(number.substring(2), 1, 2)),
            new Shape(
                    "FedEx Express",
                    Set.of("fedex"),
                    false,
                    Pattern.compile("\\d{12}"),
                    number -> weighted(number, FEDEX_WEIGHTS) % 11 % 10 == digit(number, 11)),
            new Shape(
                    "USPS IMpb",
                    Set.of("usps"),
                    false,
                    Pattern.compile("9[1-5]\\d{20}"),
                    number -> mod10(number, 3, 1)),
            new Shape(
                    "DHL Express waybill",
                    Set.of("dhl-express"),
                    false,
                    Pattern.compile("\\d{10}"),
                    number -> Long.parseLong(number.substring(0, 9)) % 7 == digit(number, 9)),
            new Shape(
                    "UPU S10",
                    Set.of("usps", "royal-mail", "canada-post", "australia-post", "laposte", "dhl-parcel-de"),
                    false,
                    Pattern.compile("[A-Z]{2}\\d{9}[A-Z]{2}"),
                    NumberShapes::s10));

    private NumberShapes() {}

    /**
     * Why a number cannot be the carrier's, in a sentence; empty where nothing speaks against it.
     *
     * @param carrier the slug
     * @param number  normalised
     */
    static Optional<String> suspicion(String carrier, String number) {
        for (Shape shape : SHAPES) {
            if (shape.pattern.matcher(number).matches()) {
                boolean good = shape.checks.test(number);
                boolean theirs = shape.carriers.contains(carrier);
                if (theirs && !good) {
                    return Optional.of("the check digit of " + shape.name + " number " + number + " is wrong");
                }
                if (!theirs && good && shape.exact) {
                    return Optional.of(number + " is a " + shape.name + " number, and the carrier is " + carrier);
                }
            }
        }
        return Optional.empty();
    }

    /** Whether the last digit fills the weighted sum of the others up to a multiple of ten. */
    private static boolean mod10(String number, int evens, int odds) {
        int sum = 0;
        for (int i = 0; i < number.length() - 1; i++) {
            char c = number.charAt(i);
            // A is 2, B is 3, and so on round.
            int value = c <= '9' ? c - '0' : (c - 3) % 10;
            sum += value * (i % 2 == 0 ? evens : odds);
        }
        return (10 - sum % 10) % 10 == digit(number, number.length() - 1);
    }

    private static int weighted(String number, int[] weights) {
        int sum = 0;
        for (int i = 0; i < weights.length; i++) {
            sum += digit(number, i) * weights[i];
        }
        return sum;
    }

    private static boolean s10(String number) {
        int rest = 11 - weighted(number.substring(2), S10_WEIGHTS) % 11;
        return digit(number, 10) == (rest == 10 ? 0 : rest == 11 ? 5 : rest);
    }

    private static int digit(String number, int at) {
        return number.charAt(at) - '0';
    }
}
