package io.parcelwatch.localstack.simulator;

/** The carriers whose feeds are simulated. */
enum Carrier {
    UPS("ups", "E2F14A"),
    FEDEX("fedex", "510087020");

    private final String slug;
    private final String account;

    Carrier(String slug, String account) {
        this.slug = slug;
        this.account = account;
    }

    String slug() {
        return slug;
    }

    /** Our account with the carrier. */
    String account() {
        return account;
    }

    /**
     * A tracking number with a valid check digit; different for each serial.
     *
     * @param serial  0 to 9,999,999
     * @param service two letters or digits, UPS only
     */
    String number(long seed, int serial, String service) {
        // A bijection of the seven-digit numbers, so that numbers look random and never meet.
        long scattered = Math.floorMod(serial * 7_654_321L + Math.floorMod(seed, 10_000_000L) * 31, 10_000_000L);
        return this == UPS
                ? ups(account + service + "%07d".formatted(scattered))
                : fedex("7946%07d".formatted(scattered));
    }

    private static String ups(String body) {
        int sum = 0;
        for (int i = 0; i < body.length(); i++) {
            char c = body.charAt(i);
            int value = Character.isDigit(c) ? c - '0' : (c - '?') % 10;
            sum += i % 2 == 0 ? value : value * 2;
        }
        return "1Z" + body + (10 - sum % 10) % 10;
    }

    private static String fedex(String body) {
        int[] weights = {3, 1, 7};
        int sum = 0;
        for (int i = 0; i < body.length(); i++) {
            sum += (body.charAt(i) - '0') * weights[i % 3];
        }
        return body + sum % 11 % 10;
    }
}
