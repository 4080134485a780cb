package io.parcelwatch.importfulfilments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.parcelwatch.importorders.ShopifyExport;
import io.parcelwatch.intake.ImportRequest;
import io.parcelwatch.intake.ImportResult;
import io.parcelwatch.intake.ImportResult.Counts;
import io.parcelwatch.settings.UnusableSettingsException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MappedFulfilmentsTest {

    private static final String MAPPING = """
            file: {delimiter: semicolon}
            zone: Europe/Berlin
            decimal_mark: comma
            dates: [dd.MM.yyyy HH:mm, dd.MM.yyyy]
            fulfilment:
              order: Auftrag
              carrier: {column: Spediteur, values: {gelb: DHL Paket}, otherwise: as_written}
              tracking_number: Sendungsnummer
              id: Versand-Nr
              updated_at: Stand
              cancelled: {column: Status, values: {storniert: true}, otherwise: false}
              promised: Zustellung bis
            line:
              sku: Artikel
              quantity: Menge
            """;

    private static final String HEADER =
            "Auftrag;Spediteur;Sendungsnummer;Versand-Nr;Stand;Status;Zustellung bis;Artikel;Menge\n";

    @TempDir
    Path folder;

    private Store store;

    @BeforeEach
    void open() {
        store = new Store(folder);
        store.orders(new ShopifyExport().order("1", "#1001").line("TEE", 1).order("2", "#1002"));
    }

    @AfterEach
    void close() {
        store.close();
    }

    private ImportResult fulfilments(String mapping, String text) {
        Path yaml = store.sandbox().file("versand.yaml", mapping);
        Path file = store.sandbox().file("versand.csv", text);
        return ImportFulfilments.run(
                store.sandbox().intake(),
                ImportRequest.of("shopify", "paris", List.of(file)).withMapping(yaml));
    }

    @Test
    void aWarehousesOwnFileIsReadWithCorrectionsAndCancellations() {
        ImportResult result = fulfilments(
                MAPPING,
                HEADER
                        + "1001;gelb;00340434161094042557;V1;02.03.2026 10:00;verschickt;06.03.2026;MUG-1;2\n"
                        + "1001;gelb;00340434161094042557;V1;02.03.2026 10:00;verschickt;06.03.2026;TEE;1,00\n"
                        + "1002;UPS;X1;V2;02.03.2026 10:00;verschickt;;;\n1002;;;V3;02.03.2026 10:00;offen;;;\n");
        assertThat(result.counts()).isEqualTo(new Counts(4, 3, 0, 0, 1, 0));
        assertThat(store.parcels()).containsExactly("1 dhl-parcel-de/00340434161094042557", "2 ups/X1");
        assertThat(store.contents()).containsExactly("00340434161094042557 MUG-1=2", "00340434161094042557 TEE=1");
        assertThat(
                        store.sandbox()
                                .texts(
                                        "select promised_at || ' ' || promise_precision from fulfilment where promised_at is not null"))
                .containsExactly("2026-03-06 22:59:59.999999+00 DATE");

        fulfilments(
                MAPPING,
                HEADER
                        + "1001;gelb;00340434161094042557;V1;03.03.2026 10:00;storniert;;;\n1002;UPS;X2;V2;03.03.2026 10:00;verschickt;;;\n");
        assertThat(store.parcels())
                .containsExactly(
                        "1 dhl-parcel-de/00340434161094042557 CANCELLED", "2 ups/X1 CORRECTED for X2", "2 ups/X2");
    }

    @Test
    void whatIsWrongWithTheMappingIsToldByKeyBeforeAnythingIsWritten() {
        assertThatThrownBy(
                        () -> fulfilments("fulfilment: {order: Auftrag, carrier: Spediteur, weight: Menge}\n", HEADER))
                .isInstanceOf(UnusableSettingsException.class)
                .hasMessageContaining("fulfilment.tracking_number")
                .hasMessageContaining("weight");
        assertThatThrownBy(() -> fulfilments(MAPPING.replace("order: Auftrag", "order: Auftrg"), HEADER))
                .isInstanceOf(UnusableSettingsException.class)
                .hasMessageContaining("did you mean `Auftrag`?");
        assertThat(store.sandbox().count("import_file")).isEqualTo(1);
    }
}
