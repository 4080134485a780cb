package io.parcelwatch.commandline;

/** The stores that the simulator plays. */
final class DemoAccounts {

    static final String[] ALL = {"northside-us", "kontor-eu", "harbour-uk"};

    private DemoAccounts() {}
}
