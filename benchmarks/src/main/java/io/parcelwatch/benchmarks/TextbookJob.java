package io.parcelwatch.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.parcelwatch.sql.Database;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.configuration.support.JdbcDefaultBatchConfiguration;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.job.parameters.JobParametersBuilder;
import org.springframework.batch.core.launch.JobOperator;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.batch.infrastructure.item.Chunk;
import org.springframework.batch.infrastructure.item.ItemWriter;
import org.springframework.batch.infrastructure.item.database.JdbcBatchItemWriter;
import org.springframework.batch.infrastructure.item.database.builder.JdbcBatchItemWriterBuilder;
import org.springframework.batch.infrastructure.item.file.FlatFileItemReader;
import org.springframework.batch.infrastructure.item.file.builder.FlatFileItemReaderBuilder;
import org.springframework.batch.infrastructure.item.file.mapping.FieldSetMapper;
import org.springframework.batch.infrastructure.item.file.transform.FieldSet;
import org.springframework.batch.infrastructure.item.support.CompositeItemWriter;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.FileSystemResource;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;

/**
 * The import as a textbook has it: FlatFileItemReader, an item a row, chunks of 1,000, three JdbcBatchItemWriters with upserts for customers,
 * orders and lines, whose batches the driver rewrites. It stores them in the same tables under the same indexes, and does nothing of what
 * the import does beyond: no rejects, no versions, no digest, no milestones, no phone numbers.
 */
final class TextbookJob {

    private static final int CHUNK = 1_000;

    private static final String CUSTOMER = """
            insert into customer (id, channel, account, name, email, street, city, postal_code, country, as_of)
            values (derived_id('shopify', 'textbook', :email), 'shopify', 'textbook', :customer, :email, :street, :city, :postal_code, :country,
                    cast(:placed_at as timestamptz))
            on conflict (id) do update
            set name = excluded.name, street = excluded.street, city = excluded.city, postal_code = excluded.postal_code,
                country = excluded.country, as_of = excluded.as_of
            """;

    private static final String ORDER = """
            insert into sales_order (id, channel, account, external_id, name, customer_id, placed_at, currency, total, subtotal, shipping,
                taxes, financial_status, fulfillment_status, paid_at, destination_country, destination_postal_code, destination_city,
                as_of, content, file, line, imported_at)
            values (derived_id('shopify', 'textbook', :id), 'shopify', 'textbook', :id, :name, derived_id('shopify', 'textbook', :email), cast(:placed_at as timestamptz), :currency,
                cast(:total as numeric), cast(:subtotal as numeric), cast(:shipping as numeric), cast(:taxes as numeric),
                :financial_status, :fulfillment_status, cast(:paid_at as timestamptz), :country, :postal_code, :city,
                cast(:placed_at as timestamptz), derived_id('', '', ''), 'orders.csv', 1, now())
            on conflict (id) do update
            set name = excluded.name, customer_id = excluded.customer_id, placed_at = excluded.placed_at, currency = excluded.currency,
                total = excluded.total, subtotal = excluded.subtotal, shipping = excluded.shipping, taxes = excluded.taxes,
                financial_status = excluded.financial_status, fulfillment_status = excluded.fulfillment_status, paid_at = excluded.paid_at
            """;

    private static final String LINE = """
            insert into order_line (order_id, line_no, sku, name, quantity, price, requires_shipping)
            values (derived_id('shopify', 'textbook', :id), :line_no, :sku, :article, cast(:quantity as integer), cast(:price as numeric),
                    cast(:requires_shipping as boolean))
            on conflict (order_id, line_no) do update
            set sku = excluded.sku, name = excluded.name, quantity = excluded.quantity, price = excluded.price,
                requires_shipping = excluded.requires_shipping
            """;

    private TextbookJob() {}

    /** Imports a file of {@link GeneratedExport}; the schema has to be there. */
    static void run(Database database, Path file) throws Exception {
        try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
            context.registerBean(Database.class, () -> database);
            context.register(Configured.class);
            context.refresh();
            JobRepository repository = context.getBean(JobRepository.class);
            DataSource dataSource = context.getBean(DataSource.class);
            FlatFileItemReader<Row> reader = reader(file);
            Job job = new JobBuilder("textbook", repository)
                    .start(new StepBuilder("import", repository)
                            .<Row, Row>chunk(CHUNK)
                            .transactionManager(context.getBean(PlatformTransactionManager.class))
                            .reader(reader)
                            .writer(new CompositeItemWriter<>(List.of(
                                    only(Row::first, writer(dataSource, CUSTOMER)),
                                    only(Row::first, writer(dataSource, ORDER)),
                                    writer(dataSource, LINE))))
                            .build())
                    .build();
            JobExecution execution = context.getBean(JobOperator.class)
                    .start(
                            job,
                            new JobParametersBuilder()
                                    .addString("file", file.toString())
                                    .toJobParameters());
            if (execution.getStatus() != BatchStatus.COMPLETED) {
                throw new IllegalStateException(
                        "the textbook job failed",
                        execution.getAllFailureExceptions().get(0));
            }
        }
    }

    /**
     * A row of the file.
     *
     * @param order  id of its order
     * @param lineNo its place in the order, from 1
     */
    private record Row(String order, int lineNo, FieldSet fields) {

        boolean first() {
            return lineNo == 1;
        }

        MapSqlParameterSource parameters() {
            return new MapSqlParameterSource()
                    .addValue("id", order)
                    .addValue("line_no", lineNo)
                    .addValue("name", fields.readString("Name"))
                    .addValue("email", fields.readString("Email"))
                    .addValue("customer", text("Shipping Name"))
                    .addValue("street", text("Shipping Address1"))
                    .addValue("city", text("Shipping City"))
                    .addValue("postal_code", text("Shipping Zip"))
                    .addValue("country", text("Shipping Country"))
                    .addValue("placed_at", text("Created at"))
                    .addValue("paid_at", text("Paid at"))
                    .addValue("currency", text("Currency"))
                    .addValue("total", text("Total"))
                    .addValue("subtotal", text("Subtotal"))
                    .addValue("shipping", text("Shipping"))
                    .addValue("taxes", text("Taxes"))
                    .addValue("financial_status", text("Financial Status"))
                    .addValue("fulfillment_status", text("Fulfillment Status"))
                    .addValue("sku", text("Lineitem sku"))
                    .addValue("article", text("Lineitem name"))
                    .addValue("quantity", text("Lineitem quantity"))
                    .addValue("price", text("Lineitem price"))
                    .addValue("requires_shipping", text("Lineitem requires shipping"));
        }

        private String text(String column) {
            String text = fields.readString(column);
            return text.isEmpty() ? null : text;
        }
    }

    private static FlatFileItemReader<Row> reader(Path file) {
        return new FlatFileItemReaderBuilder<Row>()
                .name("orders")
                .resource(new FileSystemResource(file))
                .encoding("UTF-8")
                .linesToSkip(1)
                // The default, #, would take every row for a comment.
                .comments()
                .delimited()
                .names(GeneratedExport.HEADER.split(","))
                .fieldSetMapper(new RowMapper())
                .build();
    }

    /** Tells rows that start an order, by their id, from those that continue it. */
    private static final class RowMapper implements FieldSetMapper<Row> {

        private String order;
        private int lineNo;

        @Override
        public Row mapFieldSet(FieldSet fields) {
            String id = fields.readString("Id");
            lineNo = id.isEmpty() ? lineNo + 1 : 1;
            order = id.isEmpty() ? order : id;
            return new Row(order, lineNo, fields);
        }
    }

    private static JdbcBatchItemWriter<Row> writer(DataSource dataSource, String sql) {
        JdbcBatchItemWriter<Row> writer = new JdbcBatchItemWriterBuilder<Row>()
                .dataSource(dataSource)
                .sql(sql)
                .itemSqlParameterSourceProvider(Row::parameters)
                // A rewritten batch does not say which of its rows counted.
                .assertUpdates(false)
                .build();
        writer.afterPropertiesSet();
        return writer;
    }

    private static ItemWriter<Row> only(Predicate<Row> wanted, ItemWriter<Row> writer) {
        return chunk -> {
            List<? extends Row> rows = chunk.getItems().stream().filter(wanted).toList();
            if (!rows.isEmpty()) {
                writer.write(new Chunk<>(rows));
            }
        };
    }

    @Configuration(proxyBeanMethods = false)
    static class Configured extends JdbcDefaultBatchConfiguration {

        @Bean(destroyMethod = "close")
        HikariDataSource dataSource(Database database) {
            HikariConfig pool = new HikariConfig();
            pool.setJdbcUrl(database.url());
            pool.setDataSourceProperties(database.properties());
            pool.addDataSourceProperty("reWriteBatchedInserts", "true");
            pool.setMaximumPoolSize(2);
            return new HikariDataSource(pool);
        }

        @Bean
        JdbcTransactionManager transactionManager(DataSource dataSource) {
            return new JdbcTransactionManager(dataSource);
        }
    }
}
