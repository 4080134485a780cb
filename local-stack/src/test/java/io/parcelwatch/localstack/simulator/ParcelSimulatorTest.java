package io.parcelwatch.localstack.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.parcelwatch.localstack.simulator.Happening.CarrierPayload;
import io.parcelwatch.localstack.simulator.Happening.FulfilmentFile;
import io.parcelwatch.localstack.simulator.Happening.OrderExport;
import io.parcelwatch.model.AlertKind;
import io.parcelwatch.model.Registration;
import io.parcelwatch.model.Status;
import io.parcelwatch.model.TrackingEvent;
import io.parcelwatch.wire.EventJson;
import io.parcelwatch.wire.Json;
import io.parcelwatch.wire.RegistrationJson;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParcelSimulatorTest {

    private static final CSVFormat CSV =
            CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).get();

    private static final Simulation DEMO = ParcelSimulator.simulate(SimulationPlan.demo(1));
    private static final List<Happening> TIMELINE = List.copyOf(DEMO.timeline());

    private static <T extends Happening> Stream<T> of(Class<T> kind) {
        return TIMELINE.stream().filter(kind::isInstance).map(kind::cast);
    }

    @Test
    void sameSeedGivesTheSameBytesAndTheSameTruth() throws Exception {
        Simulation again = ParcelSimulator.simulate(SimulationPlan.demo(1));

        assertThat(digest(again.timeline())).isEqualTo(digest(TIMELINE));
        assertThat(again.truth()).isEqualTo(DEMO.truth());
        assertThat(again.events()).containsExactlyElementsOf(DEMO.events().toList());
    }

    @Test
    void anotherSeedGivesOtherBytes() throws Exception {
        Simulation other = ParcelSimulator.simulate(SimulationPlan.demo(2));

        assertThat(digest(other.timeline())).isNotEqualTo(digest(TIMELINE));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 42, 4711})
    void everyStoryAndEveryOddityOccursInTheDemo(long seed) {
        Simulation demo = ParcelSimulator.simulate(SimulationPlan.demo(seed));

        Map<Story, Integer> stories = demo.stories();
        for (Story story : Story.values()) {
            if (story != Story.FIRST_USE_OF_NUMBER && story != Story.SECOND_USE_OF_NUMBER) {
                assertThat(stories.getOrDefault(story, 0))
                        .as(story.name())
                        .isGreaterThanOrEqualTo(Math.max(1, story.atLeast()));
            }
        }
        assertThat(demo.quirks()).containsOnlyKeys(FeedQuirk.values());
        assertThat(demo.truth().orders().stream().map(Truth.Order::status).distinct())
                .containsExactlyInAnyOrder(OrderStatus.values());
        assertThat(demo.truth().rejected().stream().map(Truth.RejectedOrder::fault))
                .contains(Truth.Fault.values());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 42, 4711})
    void parcelsTellTheStoryOfTheirOrder(long seed) {
        Simulation demo = ParcelSimulator.simulate(SimulationPlan.demo(seed));
        Truth truth = demo.truth();
        Map<String, Truth.Delivery> deliveries =
                truth.deliveries().stream().collect(Collectors.toMap(Truth.Delivery::number, d -> d));
        Map<String, List<Truth.Alert>> stalls = alerts(truth, AlertKind.STALLED);
        Map<String, List<Truth.Alert>> delays = alerts(truth, AlertKind.DELAYED);

        for (Truth.Shipment shipment : truth.shipments()) {
            String number = shipment.number();
            Truth.Delivery delivery = deliveries.get(number);
            List<Truth.Alert> stalled = stalls.getOrDefault(number, List.of());
            List<Truth.Alert> delayed = delays.getOrDefault(number, List.of());
            String told = demo.storyOf(shipment.orders().get(0).id()) + " " + shipment;
            switch (demo.storyOf(shipment.orders().get(0).id())) {
                case LATE -> {
                    assertThat(delivery.onTime()).as(told).isFalse();
                    assertThat(delayed.get(0).closedAt()).as(told).isEqualTo(delivery.firstAttemptAt());
                }
                case STALLED_AND_RECOVERED -> {
                    assertThat(stalled.get(0).closedAt()).as(told).isNotNull();
                    assertThat(delivery.stalls()).as(told).isPositive();
                }
                case LOST -> {
                    assertThat(stalled).as(told).last().matches(alert -> alert.closedAt() == null);
                    assertThat(delivery).as(told).isNull();
                }
                case STALL_DISPROVED -> {
                    assertThat(stalled).as(told).isEmpty();
                    assertThat(delivery).as(told).isNotNull();
                }
                case ATTEMPTED_THEN_DELIVERED, BAD_ADDRESS ->
                    assertThat(Duration.between(delivery.firstAttemptAt(), delivery.deliveredAt()))
                            .as(told)
                            .isGreaterThan(Duration.ofHours(12));
                case COLLECTED_AT_COUNTER ->
                    assertThat(delivery.firstAttemptAt()).as(told).isBefore(delivery.deliveredAt());
                case WAITING_AT_COUNTER -> {
                    assertThat(shipment.status()).as(told).isEqualTo(Status.AVAILABLE_FOR_PICKUP);
                    assertThat(stalled).as(told).isEmpty();
                }
                case WEATHER, CUSTOMS ->
                    assertThat(delivery.exception()).as(told).isTrue();
                case REFUSED_AND_RETURNED, UNDELIVERABLE_AND_RETURNED -> {
                    assertThat(shipment.status()).as(told).isEqualTo(Status.RETURNED);
                    assertThat(shipment.leg()).as(told).isEqualTo(2);
                    assertThat(delivery).as(told).isNull();
                }
                case STALLED_ON_THE_WAY_BACK -> assertThat(stalled).as(told).anyMatch(alert -> alert.leg() == 2);
                case RETURNED_AFTER_DELIVERY -> {
                    assertThat(shipment.status()).as(told).isEqualTo(Status.RETURNED);
                    assertThat(delivery.deliveredAt()).as(told).isBefore(shipment.statusAt());
                }
                case NEVER_HANDED_OVER -> {
                    assertThat(shipment.status()).as(told).isEqualTo(Status.PRE_TRANSIT);
                    assertThat(delayed.get(0).closedAt()).as(told).isNull();
                    assertThat(stalled).as(told).isEmpty();
                }
                case DELIVERY_CORRECTED, DEPOT_SCAN_AFTER_DELIVERY -> {
                    assertThat(shipment.status()).as(told).isEqualTo(Status.DELIVERED);
                    assertThat(shipment.statusAt()).as(told).isEqualTo(delivery.deliveredAt());
                }
                case COMBINED -> assertThat(shipment.orders()).as(told).hasSize(2);
                default -> {
                    // Under way or arrived, in time or not.
                }
            }
        }
    }

    private static Map<String, List<Truth.Alert>> alerts(Truth truth, AlertKind kind) {
        return truth.alerts().stream()
                .filter(alert -> alert.kind() == kind)
                .collect(Collectors.groupingBy(Truth.Alert::number));
    }

    @Test
    void happeningsComeInOrderOfTimeAndNoneAfterTheEnd() {
        assertThat(TIMELINE).extracting(Happening::at).isSorted();
        assertThat(TIMELINE.get(0).at()).isAfter(DEMO.plan().start());
        assertThat(TIMELINE.get(TIMELINE.size() - 1).at()).isBeforeOrEqualTo(DEMO.end());
    }

    @Test
    void ordersOfTheExportsAreTheOrdersOfTheTruth() throws Exception {
        record Read(Map<String, CSVRecord> first, Map<String, Map<String, Integer>> lines) {}
        Read read = new Read(new HashMap<>(), new HashMap<>());
        for (OrderExport export : of(OrderExport.class).toList()) {
            String id = null;
            for (CSVRecord row : parse(export.bytes())) {
                assertThat(row.size()).isEqualTo(79);
                assertThat(row.get("Name")).isNotEmpty();
                if (!row.get("Id").isEmpty()) {
                    id = row.get("Id");
                    read.first.put(id, row);
                    read.lines.put(id, new TreeMap<>());
                }
                if (row.get("Lineitem quantity").matches("\\d+")) {
                    read.lines.get(id).put(row.get("Lineitem sku"), Integer.parseInt(row.get("Lineitem quantity")));
                }
            }
        }
        Truth truth = DEMO.truth();
        Set<String> imported = new HashSet<>();
        for (Truth.Order order : truth.orders()) {
            imported.add(order.order().id());
            CSVRecord row = read.first.get(order.order().id());
            assertThat(row.get("Name")).isEqualTo(order.name());
            assertThat(row.get("Total")).isEqualTo(order.total().toPlainString());
            assertThat(row.get("Currency")).isEqualTo(order.currency());
            assertThat(row.get("Cancelled at").isEmpty()).isEqualTo(order.cancelledAt() == null);
            assertThat(read.lines.get(order.order().id()))
                    .isEqualTo(order.lines().stream().collect(Collectors.toMap(Truth.Line::sku, Truth.Line::quantity)));
        }
        Set<String> rejectedForGood = new HashSet<>(read.first.keySet());
        rejectedForGood.removeAll(imported);
        assertThat(rejectedForGood)
                .allMatch(id -> DEMO.storyOf(id).name().startsWith("REJECTED"))
                .hasSizeLessThan(20);
        assertThat(imported).hasSize(truth.orders().size());
    }

    @Test
    void rejectedOrdersBeginOnTheLineTheTruthNames() {
        Map<String, OrderExport> files =
                of(OrderExport.class).collect(Collectors.toMap(OrderExport::fileName, file -> file));
        assertThat(DEMO.truth().rejected()).isNotEmpty().allSatisfy(rejected -> {
            String text = new String(files.get(rejected.fileName()).bytes(), StandardCharsets.UTF_8);
            String line = text.split("\n", -1)[(int) rejected.line() - 1];
            assertThat(line).startsWith(rejected.name() + ",");
        });
    }

    @Test
    void exportsHaveTheOdditiesOfShopify() throws Exception {
        List<CSVRecord> rows = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        Map<String, Set<String>> accountsByName = new HashMap<>();
        Map<String, List<String>> firstRowsById = new TreeMap<>();
        for (OrderExport export : of(OrderExport.class).toList()) {
            text.append(new String(export.bytes(), StandardCharsets.UTF_8));
            for (CSVRecord row : parse(export.bytes())) {
                rows.add(row);
                accountsByName
                        .computeIfAbsent(row.get("Name"), name -> new HashSet<>())
                        .add(export.account());
                if (!row.get("Id").isEmpty()) {
                    firstRowsById
                            .computeIfAbsent(row.get("Id"), id -> new ArrayList<>())
                            .add(row.toList().toString());
                }
            }
        }
        assertThat(accountsByName.get("#1001")).hasSize(3);
        assertThat(text).contains("gate\r\nBeware").contains("twice.\nSecond");
        assertThat(rows)
                .anyMatch(row -> row.get("Id").isEmpty() && row.get("Total").isEmpty());
        assertThat(rows).anyMatch(row -> !row.get("Name").startsWith("#"));
        assertThat(rows).anyMatch(row -> row.get("Shipping Address2").startsWith("#"));
        assertThat(rows).anyMatch(row -> row.get("Shipping Zip").equals("'75008"));
        assertThat(rows).anyMatch(row -> row.get("Email").isEmpty());
        assertThat(rows).anyMatch(row -> row.get("Shipping Name").contains("ß"));
        assertThat(rows).anyMatch(row -> row.get("Shipping Name").contains("秀英"));
        assertThat(rows).anyMatch(row -> row.get("Notes").contains("🎁"));
        assertThat(rows.stream().map(row -> row.get("Currency"))).contains("USD", "EUR", "GBP");
        assertThat(rows.stream()
                        .map(row -> row.get("Created at"))
                        .filter(time -> time.matches(".* [+-]\\d{4}"))
                        .map(time -> time.substring(time.length() - 5)))
                .contains("-0400", "+0200", "+0100", "+0000");
        assertThat(firstRowsById.values())
                .anyMatch(versions -> versions.size() > new HashSet<>(versions).size())
                .anyMatch(versions -> new HashSet<>(versions).size() > 1);
    }

    @Test
    void fulfilmentFilesRegisterWhatTheTruthKnows() throws Exception {
        Map<String, Instant> registered = new HashMap<>();
        Set<String> names = new HashSet<>();
        int rows = 0;
        for (FulfilmentFile file : of(FulfilmentFile.class).toList()) {
            for (CSVRecord row : parse(file.bytes())) {
                registered.putIfAbsent(row.get("tracking_number"), file.at());
                names.add(row.get("carrier"));
                rows++;
            }
        }
        assertThat(names).containsExactlyInAnyOrder("UPS", "FedEx", "United Parcel Service");
        assertThat(DEMO.truth().shipments())
                .hasSize(registered.size())
                .hasSizeLessThan(rows)
                .allMatch(shipment -> registered.get(shipment.number()).equals(shipment.registeredAt()));
        assertThat(DEMO.registrations().map(Registration::trackingNumber).distinct())
                .containsExactlyInAnyOrderElementsOf(registered.keySet());
    }

    @Test
    void eventsAreWhatThePayloadsMean() {
        Set<String> meant = new HashSet<>();
        of(CarrierPayload.class)
                .flatMap(payload -> payload.meant().stream())
                .forEach(event -> meant.add(event.trackingNumber() + event.eventId()));
        List<TrackingEvent> events = DEMO.events().toList();

        assertThat(events.stream().map(event -> event.trackingNumber() + event.eventId()))
                .containsExactlyInAnyOrderElementsOf(meant);
        assertThat(DEMO.truth().eventsOfAllNumbers()).isEqualTo(events.size());
        assertThat(events).extracting(TrackingEvent::receivedAt).isSorted();
    }

    @Test
    void malformedPayloadsAreTheDeadLettersAndTheOthersAreJson() {
        Set<String> malformed = new HashSet<>();
        of(CarrierPayload.class).forEach(payload -> {
            if (payload.quirks().stream().anyMatch(FeedQuirk::malformed)) {
                malformed.add(payload.payload().payloadId());
            } else {
                assertThat(Json.object(payload.payload().body()).isObject()).isTrue();
            }
        });
        assertThat(DEMO.truth().deadLetters()).containsExactlyInAnyOrderElementsOf(malformed);
    }

    @Test
    void noPayloadOfFedExComesWhileItsFeedIsDown() {
        Simulation.Outage outage = DEMO.outage();
        assertThat(Duration.between(outage.from(), outage.to())).isEqualTo(Duration.ofHours(10));
        assertThat(of(CarrierPayload.class)
                        .filter(payload -> payload.payload().carrier().equals(outage.carrier()))
                        .filter(payload -> !payload.at().isBefore(outage.from())
                                && payload.at().isBefore(outage.to())))
                .isEmpty();
    }

    @Test
    void truthIsConsistent() {
        Truth truth = DEMO.truth();
        long registered = DEMO.registrations()
                .map(Registration::trackingNumber)
                .distinct()
                .count();
        assertThat(truth.shipments()).hasSize((int) registered).noneMatch(s -> s.status() == null);
        assertThat(truth.shipments().stream().mapToLong(Truth.Shipment::events).sum())
                .isEqualTo(truth.events());
        assertThat(truth.shipments())
                .allMatch(s -> (s.leg() == 2) == (s.status() == Status.RETURNING || s.status() == Status.RETURNED));
        assertThat(truth.deliveries()).allSatisfy(d -> {
            assertThat(d.placedAt()).isBefore(d.firstScanAt());
            assertThat(d.firstScanAt()).isBefore(d.firstAttemptAt());
            assertThat(d.firstAttemptAt()).isBeforeOrEqualTo(d.deliveredAt());
            assertThat(d.onTime() == null).isEqualTo(d.promisedAt() == null);
        });
        assertThat(truth.alerts())
                .allMatch(a -> a.closedAt() == null || a.closedAt().isAfter(a.openedAt()));
        assertThat(truth.alerts()).allMatch(a -> a.openedAt().isBefore(truth.asOf()));
        long late = truth.deliveries().stream()
                .filter(d -> Boolean.FALSE.equals(d.onTime()))
                .count();
        assertThat(truth.alerts(AlertKind.DELAYED)).isGreaterThanOrEqualTo(late);
    }

    @Test
    void jsonLinesAreReadBackAsTheyWereMeant(@TempDir Path directory) throws Exception {
        Path shipments = directory.resolve("shipments.jsonl");
        Path events = directory.resolve("events.jsonl");
        DEMO.writeJsonLines(shipments, events);

        List<Registration> registrations = new ArrayList<>();
        for (String line : Files.readAllLines(shipments)) {
            registrations.add(RegistrationJson.read(Json.object(line.getBytes(StandardCharsets.UTF_8))));
        }
        List<TrackingEvent> read = new ArrayList<>();
        for (String line : Files.readAllLines(events)) {
            read.add(EventJson.read(Json.object(line.getBytes(StandardCharsets.UTF_8))));
        }
        assertThat(registrations).containsExactlyElementsOf(DEMO.registrations().toList());
        assertThat(read).containsExactlyElementsOf(DEMO.events().toList());
    }

    @Test
    void recycledNumbersHaveTwoJourneysMoreThanSixtyDaysApart() {
        Simulation quarter = ParcelSimulator.simulate(SimulationPlan.withRecycledNumbers(7, 600));
        Map<String, List<Truth.Shipment>> byNumber =
                quarter.truth().shipments().stream().collect(Collectors.groupingBy(Truth.Shipment::number));
        List<List<Truth.Shipment>> recycled =
                byNumber.values().stream().filter(uses -> uses.size() > 1).toList();

        assertThat(recycled).hasSizeGreaterThanOrEqualTo(3).allSatisfy(uses -> {
            assertThat(uses).extracting(Truth.Shipment::journey).containsExactly(1, 2);
            assertThat(Duration.between(uses.get(0).placedAt(), uses.get(1).placedAt()))
                    .isGreaterThan(Duration.ofDays(60));
        });
    }

    @Test
    void plansThatCannotBePlayedAreRefused() {
        Instant start = Instant.parse("2026-09-14T00:00:00Z");
        assertThatThrownBy(() -> new SimulationPlan(1, start, Duration.ofDays(14), Duration.ofDays(17), 400, true))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new SimulationPlan(1, start, Duration.ofDays(14), Duration.ofDays(3), 400, false))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 60})
    void smallPlansArePlayedToo(int orders) {
        Simulation small = ParcelSimulator.simulate(SimulationPlan.ofOrders(3, orders));
        assertThat(small.timeline()).isNotEmpty();
        assertThat(small.truth().orders()).hasSizeLessThanOrEqualTo(orders);
    }

    private static List<CSVRecord> parse(byte[] bytes) throws Exception {
        return CSV.parse(new StringReader(new String(bytes, StandardCharsets.UTF_8)))
                .getRecords();
    }

    private static String digest(List<Happening> timeline) throws Exception {
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        for (Happening happening : timeline) {
            sha256.update(happening.at().toString().getBytes(StandardCharsets.UTF_8));
            if (happening instanceof OrderExport export) {
                sha256.update(export.fileName().getBytes(StandardCharsets.UTF_8));
                sha256.update(export.bytes());
            } else if (happening instanceof FulfilmentFile file) {
                sha256.update(file.fileName().getBytes(StandardCharsets.UTF_8));
                sha256.update(file.bytes());
            } else if (happening instanceof CarrierPayload payload) {
                sha256.update(payload.key().getBytes(StandardCharsets.UTF_8));
                sha256.update(payload.payload().body());
            }
        }
        return HexFormat.of().formatHex(sha256.digest());
    }
}
