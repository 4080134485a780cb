package io.parcelwatch.commandline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.parcelwatch.commandline.Commands.Said;
import io.parcelwatch.wire.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small bounded run, and what track and stalls say of it. */
class BoundedRunCommandTest {

    @TempDir
    static Path home;

    private static Commands commands;
    private static Said run;

    @BeforeAll
    static void watch() throws IOException {
        commands = Commands.onFreshDatabase(home);
        Path shipments = Files.write(home.resolve("shipments.jsonl"), List.of("""
                        {"carrier":"ups","tracking_number":"1Z1","order":{"channel":"shopify","account":"a","id":"7"},"destination":{"country":"DE"},"placed_at":"2026-03-01T10:00:00Z","promised_at":"2026-03-06"}""", """
                        {"carrier":"fedex","tracking_number":"1Z2","order":{"channel":"shopify","account":"a","id":"8"},"placed_at":"2026-03-01T10:00:00Z"}"""));
        Path events = Files.write(home.resolve("events.jsonl"), List.of("""
                        {"carrier":"ups","tracking_number":"1Z1","status":"IN_TRANSIT","event_time":"2026-03-03T12:00:00+01:00","location":{"city":"Köln","country":"DE"}}""", """
                        {"carrier":"ups","tracking_number":"1Z1","status":"DELIVERED","event_time":"2026-03-05T15:30:00+01:00","location":{"city":"Ulm","country":"DE"}}""", """
                        {"carrier":"fedex","tracking_number":"1Z2","status":"IN_TRANSIT","event_time":"2026-03-03T12:00:00+01:00"}""", """
                        {"carrier":"fedex","tracking_number":"1Z9","status":"IN_TRANSIT","event_time":"2026-03-19T12:00:00+01:00"}"""));
        run = commands.run(
                "watch-shipments",
                "--json",
                "--shipments",
                shipments.toString(),
                "--events",
                events.toString(),
                "--as-of",
                "2026-03-20T00:00:00Z");
    }

    @Test
    void itSaysWhatItReadAndWhatCameOfIt() {
        assertThat(run.code()).as(run.err()).isZero();
        JsonNode object = json(run);
        assertThat(object.get("registrations").asLong()).isEqualTo(2);
        assertThat(object.get("events").asLong()).isEqualTo(4);
        assertThat(object.get("waiting").asLong()).isEqualTo(1);
        assertThat(object.get("shipments_by_status").toString()).isEqualTo("{\"DELIVERED\":1,\"IN_TRANSIT\":1}");
        assertThat(object.get("stalls").asLong()).isEqualTo(1);
        assertThat(object.get("deliveries").asLong()).isEqualTo(1);
        assertThat(object.get("intents").asLong()).isZero();
    }

    @Test
    void trackTellsAParcelOfWhoseOrderNothingIsImported() {
        for (String wanted : new String[] {"1Z1", " 1z 1", "7"}) {
            Said said = commands.run("track", wanted);
            assertThat(said.code()).as(said.err()).isZero();
            assertThat(said.out())
                    .contains(
                            "UPS 1Z1", "Promised for Fri 6 Mar 2026", "Thu 5 Mar 2026, 15:30", "Ulm, DE", "Delivered");
            assertThat(said.out().indexOf("Ulm")).isLessThan(said.out().indexOf("Köln"));
        }
        assertThat(json(commands.run("track", "--json", "1Z1"))
                        .at("/parcels/0/events/0/status")
                        .asText())
                .isEqualTo("DELIVERED");
    }

    @Test
    void trackOfSomethingUnknownFails() {
        Said said = commands.run("track", "nobody@example.org");
        assertThat(said.code()).isEqualTo(1);
        assertThat(said.error()).contains("nothing is known of nobody@example.org");
    }

    @Test
    void stallsListsWhatIsStuck() {
        assertThat(commands.run("stalls").out()).contains("1 open", "FedEx", "1Z2", "stalled");
        assertThat(commands.run("stalls", "--carrier", "ups").out()).contains("Nothing is stuck");
        JsonNode object = json(commands.run("stalls", "--json", "--kind", "stalled"));
        assertThat(object.get("open").asLong()).isEqualTo(1);
        assertThat(object.at("/alerts/0/tracking_number").asText()).isEqualTo("1Z2");
    }

    @Test
    void anotherRunIntoTheSameTablesIsRefused() throws IOException {
        Path empty = Files.createFile(home.resolve("none.jsonl"));
        Said said = commands.run(
                "watch-shipments",
                "--shipments",
                empty.toString(),
                "--events",
                empty.toString(),
                "--as-of",
                "2026-03-20T00:00:00Z");
        assertThat(said.code()).isEqualTo(2);
        assertThat(said.error()).contains("--rebuild");
    }

    @Test
    void normalizeShowsWhatAnAdapterMakesOfAPayload() throws IOException {
        Path payload = Files.writeString(home.resolve("ups.json"), """
                {"trackResponse":{"shipment":[{"package":[{"trackingNumber":"1Z9","activity":[
                {"location":{"address":{"city":"Ulm","countryCode":"DE"}},"status":{"type":"D","code":"9E","description":"DELIVERED"},
                 "date":"20260305","time":"153000","gmtDate":"20260305","gmtTime":"14:30:00","gmtOffset":"+01:00"}]}]}]}}
                """, StandardCharsets.UTF_8);
        Said said = Commands.with().run("normalize", "--carrier", "UPS", payload.toString());
        assertThat(said.code()).as(said.err()).isZero();
        JsonNode event = json(said);
        assertThat(event.get("tracking_number").asText()).isEqualTo("1Z9");
        assertThat(event.get("event_time").asText()).isEqualTo("2026-03-05T15:30:00+01:00");

        Said rubbish = Commands.with()
                .run(
                        "normalize",
                        "--carrier",
                        "ups",
                        home.resolve("shipments.jsonl").toString());
        assertThat(rubbish.code()).isEqualTo(1);
        assertThat(rubbish.error()).contains("no JSON");
        Said unknown = Commands.with().run("normalize", "--carrier", "pigeon", payload.toString());
        assertThat(unknown.code()).isEqualTo(2);
        assertThat(unknown.error()).contains("fedex, ups");
    }

    private static JsonNode json(Said said) {
        return Json.object(said.out().getBytes(StandardCharsets.UTF_8));
    }
}
