package io.parcelwatch.importorders;

import io.parcelwatch.intake.CopyRows;
import io.parcelwatch.intake.DerivedId;
import io.parcelwatch.intake.ImportFile;
import io.parcelwatch.intake.StagedRows;
import io.parcelwatch.model.Promises;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** Orders on their way to {@code staged_order} and {@code staged_line}. */
final class StageOrders implements StagedRows<ChannelOrder> {

    /**
     * Into how many parts a merge is dealt, which are merged at the same time. Orders of one customer are of one part, so that no two parts
     * write the same row.
     */
    static final int PARTS = 2;

    private final ImportFile file;
    private final DerivedId ids = new DerivedId();
    private final MessageDigest digest;
    private final CopyRows staged = new CopyRows(
            "staged_order",
            "file_id",
            "line",
            "superseded",
            "part",
            "order_id",
            "as_of",
            "partial",
            "compared",
            // The content is what follows.
            "customer_id",
            "external_id",
            "name",
            "placed_at",
            "currency",
            "total",
            "subtotal",
            "shipping",
            "taxes",
            "financial_status",
            "fulfillment_status",
            "paid_at",
            "fulfilled_at",
            "cancelled_at",
            "updated_at",
            "promised_at",
            "promise_precision",
            "destination_country",
            "destination_region",
            "destination_postal_code",
            "destination_city",
            "customer_name",
            "email",
            "phone",
            "street",
            "content");
    private final CopyRows lines = new CopyRows(
            "staged_line",
            "file_id",
            "line",
            "line_no",
            // Content, too, is what follows.
            "sku",
            "name",
            "quantity",
            "price",
            "requires_shipping",
            "fulfillment_status");

    StageOrders(ImportFile file) {
        this.file = file;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK knows SHA-256", e);
        }
    }

    @Override
    public void copyInto(DataSource dataSource) {
        // Needs no fsync: what a crash of the server costs, staged rows and how far we were, it costs whole.
        new JdbcTemplate(dataSource).execute("set local synchronous_commit = off");
        staged.copyInto(dataSource);
        lines.copyInto(dataSource);
    }

    @Override
    public void add(ChannelOrder order) {
        UUID customer = ids.of(file.channel(), file.account(), customerKey(order));
        staged.beginRow();
        staged.value(file.id());
        staged.value(order.line());
        staged.value(false);
        staged.value((short) Math.floorMod(customer.getLeastSignificantBits(), PARTS));
        staged.value(ids.of(file.channel(), file.account(), order.externalId()));
        staged.value(order.times().asOf());
        staged.value(order.partial());
        staged.value(order.partial());
        int start = staged.position();
        staged.value(customer);
        staged.value(order.externalId());
        staged.value(order.name());
        addContent(order);
        staged.digest(digest, start, staged.position());
        addLines(order);
        ByteBuffer content = ByteBuffer.wrap(digest.digest());
        staged.value(new UUID(content.getLong(), content.getLong()));
    }

    private void addContent(ChannelOrder order) {
        ChannelOrder.Times times = order.times();
        staged.value(times.placed());
        ChannelOrder.Amounts amounts = order.amounts();
        staged.value(amounts.currency());
        staged.value(amounts.total());
        staged.value(amounts.subtotal());
        staged.value(amounts.shipping());
        staged.value(amounts.taxes());
        staged.value(order.financialStatus());
        staged.value(order.fulfillmentStatus());
        staged.value(times.paid());
        staged.value(times.fulfilled());
        staged.value(times.cancelled());
        staged.value(times.updated());
        Instant promised = promised(order);
        staged.value(promised);
        staged.value(promised == null ? null : order.promise().moment() == null ? "DATE" : "INSTANT");
        staged.value(order.destination().country());
        staged.value(order.destination().region());
        staged.value(order.destination().postalCode());
        staged.value(order.destination().city());
        ChannelOrder.Customer customer = order.customer();
        staged.value(customer.name());
        staged.value(customer.email());
        staged.value(phone(customer));
        staged.value(customer.street());
    }

    private void addLines(ChannelOrder order) {
        int lineNo = 0;
        for (ChannelOrder.Line line : order.lines()) {
            lines.beginRow();
            lines.value(file.id());
            lines.value(order.line());
            lines.value(++lineNo);
            int start = lines.position();
            lines.value(line.sku());
            lines.value(line.name());
            lines.value(line.quantity());
            lines.value(line.price());
            lines.value(line.requiresShipping());
            lines.value(line.fulfillmentStatus());
            lines.digest(digest, start, lines.position());
        }
    }

    private static Instant promised(ChannelOrder order) {
        ChannelOrder.Promise promise = order.promise();
        return promise.day() == null ? promise.moment() : Promises.lastInstantOf(promise.day(), order.destination());
    }

    private static String customerKey(ChannelOrder order) {
        ChannelOrder.Customer customer = order.customer();
        if (customer.email() != null) {
            return "email " + customer.email().toLowerCase(Locale.ROOT);
        }
        return phone(customer) != null ? "phone " + phone(customer) : "order " + order.externalId();
    }

    private static String phone(ChannelOrder.Customer customer) {
        return customer.phones().isEmpty() ? null : customer.phones().get(0);
    }
}
