package io.parcelwatch.localstack.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.parcelwatch.localstack.PostgresAddress;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
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
    void copiesOfATemplateHoldWhatWasPreparedOnce() throws Exception {
        AtomicInteger preparations = new AtomicInteger();
        DatabaseTemplate template = new DatabaseTemplate(address -> {
            preparations.incrementAndGet();
            execute(address, "create table parcel (id int primary key)");
        });
        execute(template.copy(), "insert into parcel values (1)");
        execute(template.copy(), "insert into parcel values (1)");
        assertThat(preparations).hasValue(1);
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

    private static void execute(PostgresAddress address, String sql) {
        try (Connection connection = connect(address);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    private static Connection connect(PostgresAddress address) throws SQLException {
        return DriverManager.getConnection(address.url(), address.user(), address.password());
    }
}
