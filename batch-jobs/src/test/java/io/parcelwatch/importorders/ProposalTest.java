package io.parcelwatch.importorders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.parcelwatch.importfulfilments.ImportFulfilments;
import io.parcelwatch.intake.ImportRequest;
import io.parcelwatch.intake.ImportResult;
import io.parcelwatch.intake.ImportResult.Counts;
import io.parcelwatch.intake.InputFile;
import io.parcelwatch.intake.IntakeSandbox;
import io.parcelwatch.mapping.FileProfile;
import io.parcelwatch.mapping.Proposal;
import io.parcelwatch.settings.UnusableSettingsException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is proposed for a file is fed straight into an import of it. */
class ProposalTest {

    @TempDir
    Path folder;

    private IntakeSandbox sandbox;

    @BeforeEach
    void open() {
        sandbox = new IntakeSandbox(folder);
    }

    @AfterEach
    void close() {
        sandbox.close();
    }

    private static String proposal(Path file) {
        return Proposal.ofOrders(FileProfile.of(InputFile.look(file)));
    }

    private ImportResult run(String mapping, Path file) {
        return ImportOrders.run(
                sandbox.intake(),
                ImportRequest.of("my-shop", "main", List.of(file)).withMapping(sandbox.file("m.yaml", mapping)));
    }

    private List<String> orders() {
        return sandbox.texts("""
                select concat_ws(' | ', external_id, placed_at at time zone 'UTC', total, currency, shipping, financial_status,
                       fulfillment_status, cancelled_at at time zone 'UTC', c.name, c.email, c.phone, c.street,
                       destination_country, destination_region, destination_postal_code, destination_city,
                       (select string_agg(concat_ws('/', l.sku, l.name, l.quantity, l.price), ', ' order by line_no)
                        from order_line l where l.order_id = o.id))
                from sales_order o left join customer c on c.id = o.customer_id order by 1""");
    }

    @Test
    void anEnglishFileWithOffsetsAndCurrenciesNeedsNoAnswer() {
        Path file = sandbox.file("en.csv", """
                Order Number,Order Date,Payment Status,Fulfillment Status,Customer Name,Email,Phone,Shipping Address 1,Shipping Address 2,Shipping City,Shipping State,Shipping Zip,Shipping Country,Billing City,SKU,Product,Qty,Unit Price,Shipping,Order Total
                1001,2026-03-01T09:12:00+01:00,Paid,Shipped,Ada Byron,ada@example.com,+44 20 7946 0018,12 Elm St,Flat 2,London,,N1 9GU,GB,Leeds,AB-1,"Lamp, red",1,£40.00,£5.00,£54.00
                1001,2026-03-01T09:12:00+01:00,Paid,Shipped,Ada Byron,ada@example.com,+44 20 7946 0018,12 Elm St,Flat 2,London,,N1 9GU,GB,Leeds,EF-3,Bulb,3,£3.00,£5.00,£54.00
                1002,2026-03-02T10:00:00+01:00,Unpaid,Cancelled,Al Gore,al@example.com,,1 High St,,Leeds,,LS1 4AP,GB,Leeds,AB-1,"Lamp, red",1,£40.00,£5.00,£45.00
                """);

        assertThat(run(proposal(file), file).counts()).isEqualTo(new Counts(2, 2, 0, 0, 0, 0));
        assertThat(orders())
                .containsExactly(
                        "1001 | 2026-03-01 08:12:00 | 54.00 | GBP | 5.00 | paid | fulfilled | Ada Byron | ada@example.com | +442079460018"
                                + " | 12 Elm St, Flat 2 | GB | N1 9GU | London | AB-1/Lamp, red/1/40.00, EF-3/Bulb/3/3.00",
                        "1002 | 2026-03-02 09:00:00 | 45.00 | GBP | 5.00 | pending | unfulfilled | 2026-03-02 09:00:00 | Al Gore"
                                + " | al@example.com | 1 High St | GB | LS1 4AP | Leeds | AB-1/Lamp, red/1/40.00");
    }

    @Test
    void theGermanExampleNeedsItsZoneAndItsCurrencyAndNothingElse() throws IOException {
        Path file = sandbox.file("de.csv", MappedCsvTest.example("german", "csv"));
        String proposal = proposal(file);

        assertThat(proposal.lines().filter(line -> line.contains("# choose")))
                .containsExactly(
                        "# zone: Europe/Berlin  # choose: the time zone of times without offset, which Datum, Wunschtermin have",
                        "  # currency: {constant: EUR}  # choose: no column names the currency");
        assertThatThrownBy(() -> run(proposal, file))
                .isInstanceOf(UnusableSettingsException.class)
                .hasMessageContaining("order.currency: is missing")
                .hasMessageContaining("say zone");
        String answered = proposal.replace("# zone:", "zone:").replace("# currency:", "currency:");
        assertThat(run(answered, file).counts()).isEqualTo(new Counts(2, 2, 0, 0, 0, 0));
        assertThat(orders())
                .containsExactly(
                        "4711 | 2026-03-01 08:12:00 | 1219.90 | EUR | 4.90 | paid | fulfilled | Änne Groß | aenne@example.com"
                                + " | +4915123456789 | Hauptstr. 5a | DE | 01067 | Dresden | T-1/Tasse/2/9.95, S-9/Sofa/1/1195.10",
                        "4712 | 2026-03-02 22:55:00 | 14.85 | EUR | 4.90 | pending | unfulfilled | 2026-03-02 22:55:00 | Jörg Weiß"
                                + " | joerg@example.com | +49301234567 | Am Markt 1 | DE | 10115 | Berlin | T-1/Tasse/1/9.95");
    }

    @Test
    void linesAboveTheHeaderArePassedOverAndSharesAddUp() throws IOException {
        Path file = sandbox.file("market.csv", MappedCsvTest.example("marketplace", "csv"));
        String proposal = proposal(file);

        assertThat(proposal)
                .contains("file: {header_row: 3}")
                .contains("date_order: month_first")
                .contains("amounts: add_up");
        assertThat(proposal.lines().filter(line -> line.contains("# choose"))).hasSizeBetween(1, 2);
    }

    @Test
    void aFrenchFileInUtf16WithOneRowAnOrder() {
        Path file = sandbox.file(
                "fr.csv",
                ("\uFEFFN° de commande;Date de commande;Statut;Nom complet;Adresse e-mail;Rue;Code postal;Ville;Pays;Article;Quantité;Montant total\n"
                                + "F-1;2026-03-04T10:00:00Z;expédiée;Zoé Roux;zoe@example.com;1 rue X;75008;Paris;FR;Chaise;2;1 234,50 €\n"
                                + "F-2;2026-03-05T10:00:00Z;annulée;Luc Noir;luc@example.com;2 rue Y;69001;Lyon;FR;Table;1;90,00 €\n")
                        .getBytes(StandardCharsets.UTF_16LE));

        assertThat(run(proposal(file), file).counts()).isEqualTo(new Counts(2, 2, 0, 0, 0, 0));
        assertThat(orders())
                .containsExactly(
                        "F-1 | 2026-03-04 10:00:00 | 1234.50 | EUR | fulfilled | Zoé Roux | zoe@example.com | 1 rue X | FR | 75008 | Paris"
                                + " | Chaise/2",
                        "F-2 | 2026-03-05 10:00:00 | 90.00 | EUR | unfulfilled | 2026-03-05 10:00:00 | Luc Noir | luc@example.com"
                                + " | 2 rue Y | FR | 69001 | Lyon | Table/1");
    }

    @Test
    void namesThatAreNoPlainYamlAreQuoted() {
        Path file = sandbox.file("odd.csv", """
                "Order: id # 1","Order ""date\""",Item,Qty,"Total, gross","- {x}"
                1,2026-03-04T10:00:00Z,Mug,1,€ 5.00,y
                """);

        assertThat(run(proposal(file), file).counts()).isEqualTo(new Counts(1, 1, 0, 0, 0, 0));
        assertThat(orders()).containsExactly("1 | 2026-03-04 10:00:00 | 5.00 | EUR | Mug/1");
    }

    @Test
    void whatCannotBeGuessedIsAsked() {
        Path file = sandbox.file("bare.csv", "a,b\nx,y\n");

        assertThat(proposal(file)
                        .lines()
                        .filter(line -> line.contains("# choose"))
                        .count())
                .isGreaterThanOrEqualTo(2);
        assertThatThrownBy(() -> run(proposal(file), file))
                .isInstanceOf(UnusableSettingsException.class)
                .hasMessageContaining("order.placed_at: is missing");
    }

    @Test
    void parcelsComeInByWhatIsProposedForThem() {
        Path orders = sandbox.file("orders.csv", """
                Order,Date,Item,SKU,Qty,Total
                A-1,2026-03-01T09:12:00Z,Mug,M-1,2,€19.90
                """);
        run(proposal(orders), orders);
        Path shipped = sandbox.file("versand.csv", """
                Bestellnummer;Paketdienst;Sendungsnummer;Versanddatum;Artikelnummer;Menge
                A-1;DHL;00340434161094042557;2026-03-03T16:00:00+01:00;M-1;2
                """);
        String proposal = Proposal.ofFulfilments(FileProfile.of(InputFile.look(shipped)));

        ImportResult result = ImportFulfilments.run(
                sandbox.intake(),
                ImportRequest.of("my-shop", "main", List.of(shipped)).withMapping(sandbox.file("f.yaml", proposal)));

        assertThat(result.counts()).isEqualTo(new Counts(1, 1, 0, 0, 0, 0));
        assertThat(sandbox.texts("select carrier || ' ' || tracking_number || ' ' || shipped_at from fulfilment"))
                .containsExactly("dhl 00340434161094042557 2026-03-03 15:00:00+00");
    }

    @Test
    void aFileInWindows1252IsRecognised() throws IOException {
        Path file = sandbox.file("win.csv", """
                Bestellnummer;Bestelldatum;Kunde;Straße;Artikel;Menge;Gesamtbetrag
                1;2026-03-01T09:12:00Z;Jörg Groß;Mühlweg 1;Täßchen;2;19,90 €
                """.getBytes("windows-1252"));

        assertThat(proposal(file)).startsWith("file: {charset: windows-1252}");
        assertThat(run(proposal(file), file).counts()).isEqualTo(new Counts(1, 1, 0, 0, 0, 0));
        assertThat(orders())
                .containsExactly("1 | 2026-03-01 09:12:00 | 19.90 | EUR | Jörg Groß | Mühlweg 1 | Täßchen/2");
    }
}
