package io.parcelwatch.commandline;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Imports point one way (design, section 2). */
@AnalyzeClasses(packages = "io.parcelwatch", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String[] MODEL = {
        "io.parcelwatch.model..", "io.parcelwatch.carrier..", "io.parcelwatch.wire..", "io.parcelwatch.settings.."
    };
    private static final String SQL = "io.parcelwatch.sql..";
    private static final String[] BATCH = {
        "io.parcelwatch.intake..",
        "io.parcelwatch.mapping..",
        "io.parcelwatch.importorders..",
        "io.parcelwatch.importfulfilments..",
        "io.parcelwatch.pullorders.."
    };
    private static final String STREAM = "io.parcelwatch.watchshipments..";
    private static final String LOCAL_STACK = "io.parcelwatch.localstack..";
    private static final String COMMAND_LINE = "io.parcelwatch.commandline..";

    @ArchTest
    static final ArchRule packagesFormNoCycles =
            slices().matching("io.parcelwatch.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule theModelDependsOnNothingOfOurs = noClasses()
            .that()
            .resideInAnyPackage(MODEL)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    SQL, BATCH[0], BATCH[1], BATCH[2], BATCH[3], BATCH[4], STREAM, LOCAL_STACK, COMMAND_LINE);

    @ArchTest
    static final ArchRule sqlDependsOnNothingOfOurs = noClasses()
            .that()
            .resideInAPackage(SQL)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    MODEL[0],
                    MODEL[1],
                    MODEL[2],
                    MODEL[3],
                    BATCH[0],
                    BATCH[1],
                    BATCH[2],
                    BATCH[3],
                    BATCH[4],
                    STREAM,
                    LOCAL_STACK,
                    COMMAND_LINE);

    @ArchTest
    static final ArchRule batchJobsKnowModelAndSqlAlone = noClasses()
            .that()
            .resideInAnyPackage(BATCH)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(STREAM, LOCAL_STACK, COMMAND_LINE);

    @ArchTest
    static final ArchRule streamJobsKnowModelAndSqlAlone = noClasses()
            .that()
            .resideInAPackage(STREAM)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(BATCH[0], BATCH[1], BATCH[2], BATCH[3], BATCH[4], LOCAL_STACK, COMMAND_LINE);

    @ArchTest
    static final ArchRule theLocalStackKnowsNoJob = noClasses()
            .that()
            .resideInAPackage(LOCAL_STACK)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(SQL, BATCH[0], BATCH[1], BATCH[2], BATCH[3], BATCH[4], STREAM, COMMAND_LINE);

    /** It is loaded only when it is needed: by the demo, and where an embedded service is. */
    @ArchTest
    static final ArchRule onlyTheDemoAndEmbeddedServicesTouchTheLocalStack = classes()
            .that()
            .resideOutsideOfPackage(LOCAL_STACK)
            .and()
            .haveNameNotMatching("io\\.parcelwatch\\.commandline\\.(Demo[A-Za-z]*|EmbeddedServices)(\\$.*)?")
            .should()
            .onlyDependOnClassesThat()
            .resideOutsideOfPackage(LOCAL_STACK);

    @ArchTest
    static final ArchRule picocliStaysInTheCommandLine = noClasses()
            .that()
            .resideOutsideOfPackage(COMMAND_LINE)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("picocli..");

    @ArchTest
    static final ArchRule flinkStaysInStreamJobsAndTheCommandLine = noClasses()
            .that()
            .resideOutsideOfPackages(STREAM, COMMAND_LINE)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.flink..");

    @ArchTest
    static final ArchRule springStaysInBatchJobs = noClasses()
            .that()
            .resideOutsideOfPackages(BATCH)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.springframework..");
}
