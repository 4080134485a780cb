package io.parcelwatch.localstack.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.parcelwatch.localstack.PostgresAddress;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;

class TestServicesTest {

    @Test
    void everyCallGetsAnEmptyDatabaseOfItsOwn() throws Exception {
        PostgresAddress first = TestServices.postgres();
        PostgresAddress second = TestServices.postgres();
        execute(first, "create table parcel (id int)");
        execute(second, "create table parcel (id int)");
        try (Connection connection = connect(second);
                ResultSet rows = connection.createStatement().executeQuery("show timezone")) {
            assertThat(rows.next()).isTrue();
        }
    }

    @Test
    void aCopyHoldsWhatItsTemplateHeld() throws Exception {
        PostgresAddress template = TestServices.postgres();
        execute(template, "create table parcel (id int)");
        PostgresAddress copy = TestServices.postgresLike(template);
        execute(copy, "insert into parcel values (1)");
        execute(template, "drop table parcel");
        execute(copy, "insert into parcel values (2)");
    }

    @Test
    void kafkaTakesTopicsAndCreatesNoneByItself() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", TestServices.kafka()))) {
            admin.createTopics(List.of(new NewTopic("test-services", 2, (short) 1)))
                    .all()
                    .get();
            assertThat(admin.listTopics().names().get()).contains("test-services");
        }
    }

    private static void execute(PostgresAddress address, String sql) throws Exception {
        try (Connection connection = connect(address);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static Connection connect(PostgresAddress address) throws Exception {
        return DriverManager.getConnection(address.url(), address.user(), address.password());
    }
}
