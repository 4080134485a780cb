package io.parcelwatch.watchshipments;

import static org.assertj.core.api.Assertions.assertThat;

import io.parcelwatch.model.Registration;
import io.parcelwatch.model.TrackingEvent;
import io.parcelwatch.sql.Database;
import io.parcelwatch.wire.KafkaConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.typeutils.PojoTypeInfo;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamEdge;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.apache.flink.streaming.runtime.partitioner.KeyGroupStreamPartitioner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkflowTest {

    private static final Path README = Path.of("src/main/java/io/parcelwatch/watchshipments/README.md");

    @Test
    void everyOperatorHasAnIdOfItsOwnSoThatStateIsFoundAgain() {
        assertThat(live().getStreamNodes())
                .isNotEmpty()
                .allSatisfy(node -> assertThat(node.getTransformationUID())
                        .as(node.getOperatorName())
                        .isNotBlank())
                .extracting(StreamNode::getTransformationUID)
                .doesNotHaveDuplicates();
    }

    /** One arrow a line; what a sink adds behind its writer belongs to it. */
    @Test
    void theReadmeDrawsTheJobThatRuns() throws Exception {
        StreamGraph graph = live();
        Map<Integer, String> names = new HashMap<>();
        for (StreamNode node : graph.getStreamNodes()) {
            names.put(node.getId(), node.getTransformationUID().replaceFirst("^Sink [A-Za-z]+: ", ""));
        }
        Set<String> arrows = new TreeSet<>();
        for (StreamNode node : graph.getStreamNodes()) {
            for (StreamEdge edge : node.getOutEdges()) {
                String from = names.get(edge.getSourceId());
                String to = names.get(edge.getTargetId());
                String label = edge.getOutputTag() != null
                        ? "side output " + edge.getOutputTag().getId()
                        : edge.getPartitioner() instanceof KeyGroupStreamPartitioner ? keyOf(to) : "";
                if (!from.equals(to)) {
                    arrows.add(from + " [" + label + "] " + to);
                }
            }
        }
        String readme = Files.readString(README);
        Set<String> drawn = new TreeSet<>();
        Matcher arrow = Pattern.compile("(?m)^ +([a-z-]+?)(?:\\(\\[.*?]\\))? --(?: ([a-z -]+?) --)?> ([a-z-]+)")
                .matcher(readme.substring(readme.indexOf("```mermaid"), readme.indexOf("## Parameters")));
        while (arrow.find()) {
            drawn.add(arrow.group(1) + " [" + (arrow.group(2) == null ? "" : arrow.group(2)) + "] " + arrow.group(3));
        }
        assertThat(drawn).isEqualTo(arrows);
        assertThat(readme).contains("`event-lines` and `shipment-lines`");
        for (String name : names.values()) {
            assertThat(readme).contains("`" + name + "`");
        }
    }

    private static String keyOf(String operator) {
        return operator.equals("watch-feeds") ? "carrier" : "carrier and number";
    }

    private static StreamGraph live() {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(2);
        KafkaConnection kafka = KafkaConnection.to("localhost:1");
        WatchShipments.defineLive(
                env,
                Sinks.live(
                        new Database("jdbc:postgresql://localhost:1/none", null, null),
                        PostgresSink.Admission.CHECKED_BEFORE,
                        kafka),
                kafka,
                topic -> 4,
                WatchRules.live(),
                true);
        return env.getStreamGraph();
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                RawRecord.class,
                TrackingEvent.class,
                Registration.class,
                WatchedNumber.class,
                ShipmentDocument.class,
                ShipmentNews.class,
                StatedStallRules.class,
                FeedSign.class,
                FeedAlert.class,
                WatchedFeed.class,
                DeadLetter.class
            })
    void everyRecordHasASerializerOfFlinksOwn(Class<?> type) {
        Configuration configuration = new Configuration();
        configuration.set(PipelineOptions.GENERIC_TYPES, false);
        TypeInformation<?> information = TypeInformation.of(type);
        assertThat(information).isInstanceOf(PojoTypeInfo.class);
        // Throws where any field, however deep, would need Kryo.
        assertThat(information.createSerializer(new SerializerConfigImpl(configuration)))
                .isNotNull();
    }
}
