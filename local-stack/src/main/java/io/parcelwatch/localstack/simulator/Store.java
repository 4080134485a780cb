package io.parcelwatch.localstack.simulator;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/** The stores. Their order names repeat: each begins with #1001. */
enum Store {
    NORTHSIDE("northside-us", "USD", ZoneId.of("America/New_York"), List.of("US")),
    KONTOR("kontor-eu", "EUR", ZoneId.of("Europe/Berlin"), List.of("DE", "FR", "NL", "GB")),
    HARBOUR("harbour-uk", "GBP", ZoneId.of("Europe/London"), List.of("GB", "FR", "DE"));

    static final String CHANNEL = "shopify";

    private static final LocalTime EXPORT = LocalTime.of(7, 10);
    private static final LocalTime FULFILMENT = LocalTime.of(19, 40);

    private final String account;
    private final String currency;
    private final ZoneId zone;
    private final List<String> countries;

    Store(String account, String currency, ZoneId zone, List<String> countries) {
        this.account = account;
        this.currency = currency;
        this.zone = zone;
        this.countries = countries;
    }

    String account() {
        return account;
    }

    String currency() {
        return currency;
    }

    ZoneId zone() {
        return zone;
    }

    /** Where it ships to, its own country first. */
    List<String> countries() {
        return countries;
    }

    boolean crossesCustoms() {
        return this != NORTHSIDE;
    }

    /** Where its parcels leave; the American store has a warehouse on each coast. */
    List<Spot> origins() {
        return Catalogue.places("origin", countries.get(0));
    }

    /** When it exports its orders: each morning but Sunday. */
    List<Instant> exports(Instant from, Instant to) {
        return daily(from, to, EXPORT, DayOfWeek.SUNDAY, DayOfWeek.SUNDAY);
    }

    /** When its shipping software exports what went out: each evening from Monday to Friday. */
    List<Instant> fulfilmentFiles(Instant from, Instant to) {
        return daily(from, to, FULFILMENT, DayOfWeek.SATURDAY, DayOfWeek.SUNDAY);
    }

    private List<Instant> daily(Instant from, Instant to, LocalTime time, DayOfWeek not, DayOfWeek nor) {
        List<Instant> moments = new ArrayList<>();
        LocalDate last = LocalDate.ofInstant(to, zone);
        for (LocalDate day = LocalDate.ofInstant(from, zone); !day.isAfter(last); day = day.plusDays(1)) {
            Instant moment = day.atTime(time).atZone(zone).toInstant();
            boolean open = day.getDayOfWeek() != not && day.getDayOfWeek() != nor;
            if (open && moment.isAfter(from) && !moment.isAfter(to)) {
                moments.add(moment);
            }
        }
        return moments;
    }

    /** How far an export reaches back before the one before it. */
    static final Duration OVERLAP = Duration.ofHours(5);
}
