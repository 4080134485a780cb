package io.parcelwatch.importorders;

import io.parcelwatch.intake.AccountRules;
import io.parcelwatch.intake.Block;
import io.parcelwatch.intake.BlockReader;
import io.parcelwatch.intake.FileHead;
import io.parcelwatch.intake.FileJob;
import io.parcelwatch.intake.ImportBookkeeping;
import io.parcelwatch.intake.ImportFile;
import io.parcelwatch.intake.ImportRequest;
import io.parcelwatch.intake.InputFile;
import io.parcelwatch.intake.Intake;
import io.parcelwatch.intake.Pace;
import io.parcelwatch.intake.PublishRegistrations;
import io.parcelwatch.intake.Rule;
import io.parcelwatch.intake.SettleRejects;
import io.parcelwatch.intake.StagingWriter;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.job.builder.SimpleJobBuilder;
import org.springframework.batch.core.step.Step;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.core.task.SimpleAsyncTaskExecutor;

/**
 * The job {@code import-orders}: an export of a channel becomes orders, lines and customers. Its steps stand in the order the data meets
 * them; README.md beside this class says what they promise.
 */
final class ImportOrdersJob implements FileJob {

    static final String NAME = "import-orders";

    private final Intake intake;

    ImportOrdersJob(Intake intake) {
        this.intake = intake;
    }

    @Override
    public Prepared prepare(InputFile input, ImportRequest request) {
        FileHead head = FileHead.of(input);
        return prepare(head, ChannelFormats.of(head, request), request);
    }

    /** The same for a file of a known format. */
    Prepared prepare(FileHead head, ChannelFormat format, ImportRequest request) {
        BlockReader.Opener<ChannelOrder> orders = format.prepare(head, request.conventions());
        return new Prepared(
                format.identity() + request.rules().identity(),
                format.warnings(head, request.conventions()),
                file -> define(file, orders, format.gathering(), request.rules()));
    }

    private Job define(
            ImportFile file, BlockReader.Opener<ChannelOrder> orders, Gathering gathering, AccountRules rules) {
        JobBuilder job = new JobBuilder(NAME, intake.jobRepository())
                .listener(new ImportBookkeeping(intake.files(), file, orders));
        if (intake.files().mergedWhole(file)) {
            // A run failed after it had merged all. Merged again, the file would undo what came since.
            return then(job.start(clear(file)), file);
        }
        SimpleJobBuilder staged = job.start(stage(
                file,
                orders,
                new OrderRules(rules, gathering, intake.files().now().toInstant())));
        if (file.retryOf().isPresent()) {
            staged.next(SettleRejects.found(intake, file));
        }
        return then(
                staged.next(judge(file, orders, gathering, rules))
                        .next(merge(file))
                        .next(clear(file)),
                file);
    }

    private Job then(SimpleJobBuilder merged, ImportFile file) {
        return merged.next(PublishRegistrations.step(intake, file))
                .next(SettleRejects.step(intake, file))
                .build();
    }

    /** From the file into staging, rejected records beside the good ones; a block is a transaction. */
    private Step stage(ImportFile file, BlockReader.Opener<ChannelOrder> orders, OrderRules rules) {
        return new StepBuilder("stage", intake.jobRepository())
                .<Block, Block>chunk(1)
                .transactionManager(intake.transactions())
                .reader(new BlockReader<>(
                        intake.files(),
                        file,
                        (offset, line) -> orders.open(offset, line).judged(rules::judge),
                        () -> new StageOrders(file)))
                .writer(new StagingWriter(intake, file))
                .listener(new OrderStaging(intake, file))
                // Finds by itself what is left to do: nothing, or all of it where the staged rows were purged.
                .allowStartIfComplete(true)
                .build();
    }

    /** Too many rejects, and nothing is touched; else the newest version of each order in the file counts. */
    private Step judge(
            ImportFile file, BlockReader.Opener<ChannelOrder> orders, Gathering gathering, AccountRules rules) {
        return new StepBuilder("judge", intake.jobRepository())
                .tasklet(
                        new JudgeOrders(intake, file, orders, gathering, rules.severity(Rule.DUPLICATE_ORDER)),
                        intake.transactions())
                .listener(file.turn())
                .allowStartIfComplete(true)
                .build();
    }

    /** From staging into the tables, the parts at the same time, a range of orders a transaction. */
    private Step merge(ImportFile file) {
        Pace pace = new Pace(file, "merge");
        SimpleAsyncTaskExecutor threads = new SimpleAsyncTaskExecutor("merge-");
        threads.setConcurrencyLimit(StageOrders.PARTS);
        return new StepBuilder("merge", intake.jobRepository())
                .partitioner("merge-part", MergeOrders::parts)
                .gridSize(StageOrders.PARTS)
                .taskExecutor(threads)
                .step(new StepBuilder("merge-part", intake.jobRepository())
                        .tasklet(new MergeOrders(intake, file, pace), intake.transactions())
                        // Finds by itself what is left: after its staging was lost a file is staged, and merged, again.
                        .allowStartIfComplete(true)
                        .build())
                .allowStartIfComplete(true)
                .build();
    }

    /** What is merged leaves staging; versions that did not count leave it for the history. */
    private Step clear(ImportFile file) {
        return new StepBuilder("clear", intake.jobRepository())
                .tasklet(new ClearStaging(intake, file), intake.transactions())
                .allowStartIfComplete(true)
                .build();
    }

    @Override
    public String name() {
        return NAME;
    }
}
