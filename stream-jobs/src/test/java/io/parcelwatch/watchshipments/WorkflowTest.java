package io.parcelwatch.watchshipments;

import static org.assertj.core.api.Assertions.assertThat;

import io.parcelwatch.model.Registration;
import io.parcelwatch.model.TrackingEvent;
import io.parcelwatch.sql.Database;
import io.parcelwatch.wire.KafkaConnection;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.typeutils.PojoTypeInfo;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkflowTest {

    @Test
    void everyOperatorHasAnIdOfItsOwnSoThatStateIsFoundAgain() {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(2);
        KafkaConnection kafka = KafkaConnection.to("localhost:1");
        WatchShipments.defineLive(
                env,
                Sinks.live(
                        new Database("jdbc:postgresql://localhost:1/none", null, null),
                        PostgresSink.Admission.CHECKED_BEFORE,
                        kafka),
                kafka,
                4,
                WatchRules.live(),
                true);
        assertThat(env.getStreamGraph().getStreamNodes())
                .isNotEmpty()
                .allSatisfy(node -> assertThat(node.getTransformationUID())
                        .as(node.getOperatorName())
                        .isNotBlank())
                .extracting(StreamNode::getTransformationUID)
                .doesNotHaveDuplicates();
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
