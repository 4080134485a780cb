package io.parcelwatch.importfulfilments;

import io.parcelwatch.intake.Block;
import io.parcelwatch.intake.BlockReader;
import io.parcelwatch.intake.FileHead;
import io.parcelwatch.intake.FileJob;
import io.parcelwatch.intake.ImportBookkeeping;
import io.parcelwatch.intake.ImportFile;
import io.parcelwatch.intake.ImportRequest;
import io.parcelwatch.intake.InputFile;
import io.parcelwatch.intake.Intake;
import io.parcelwatch.intake.PublishRegistrations;
import io.parcelwatch.intake.Rule;
import io.parcelwatch.intake.SettleRejects;
import io.parcelwatch.intake.Severity;
import io.parcelwatch.intake.StagingWriter;
import io.parcelwatch.intake.UnusableInputException;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.job.builder.SimpleJobBuilder;
import org.springframework.batch.core.step.Step;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The job {@code import-fulfilments}: what went out under which number becomes fulfilments and registrations. Its steps stand in the order
 * the data meets them; README.md beside this class says what they promise.
 */
final class ImportFulfilmentsJob implements FileJob {

    static final String NAME = "import-fulfilments";

    /** How many passes a content has, whether the last is done, and whether an order that it missed is known by now. */
    private static final String PASSES = """
            select coalesce(max(pass), 1) as pass,
                   coalesce(bool_or(outcome = 'DONE' and pass = (
                       select max(pass) from import_file where job = ? and channel = ? and account = ? and digest = ? and format = ?)),
                       false)
                   and exists (
                       select from rejected_record r
                       join sales_order o on o.channel = r.channel and o.account = r.account
                           and (o.id = derived_id(r.channel, r.account, r.order_ref)
                                or o.name in (r.order_ref, '#' || r.order_ref, ltrim(r.order_ref, '#')))
                       where r.job = ? and r.channel = ? and r.account = ? and r.digest = ? and r.rule = 'UNKNOWN_ORDER'
                         and r.resolved_at is null) as again
            from import_file
            where job = ? and channel = ? and account = ? and digest = ? and format = ?
            """;

    private final Intake intake;

    ImportFulfilmentsJob(Intake intake) {
        this.intake = intake;
    }

    private Job define(
            ImportFile file, BlockReader.Opener<ToldFulfilment> records, FulfilmentRules rules, Severity excess) {
        SimpleJobBuilder staged = new JobBuilder(NAME, intake.jobRepository())
                .listener(new ImportBookkeeping(intake.files(), file, records))
                .start(stage(file, records, rules));
        if (file.retryOf().isPresent()) {
            staged.next(SettleRejects.found(intake, file));
        }
        return staged.next(resolve(file, excess))
                .next(judge(file))
                .next(merge(file))
                .next(PublishRegistrations.step(intake, file))
                .next(SettleRejects.step(intake, file))
                .build();
    }

    /** From the file into staging, rejected records beside the good ones; a block is a transaction. */
    private Step stage(ImportFile file, BlockReader.Opener<ToldFulfilment> records, FulfilmentRules rules) {
        return new StepBuilder("stage", intake.jobRepository())
                .<Block, Block>chunk(1)
                .transactionManager(intake.transactions())
                .reader(new BlockReader<>(
                        intake.files(),
                        file,
                        (offset, line) -> records.open(offset, line).judged(rules::judge),
                        () -> new StageFulfilments(file)))
                .writer(new StagingWriter(intake, file))
                // Finds by itself what is left to do: nothing, or all of it where the staged rows were purged.
                .allowStartIfComplete(true)
                .build();
    }

    /** Each row finds its order, and rows of one order and number find each other. */
    private Step resolve(ImportFile file, Severity excess) {
        return new StepBuilder("resolve", intake.jobRepository())
                .tasklet(new ResolveOrders(intake, file, excess), intake.transactions())
                .listener(file.turn())
                // Not again once merging has begun: what is merged stays counted as it was.
                .allowStartIfComplete(intake.files().mergedLine(file) == 0)
                .build();
    }

    /** Too many rejects, and nothing is touched. */
    private Step judge(ImportFile file) {
        return new StepBuilder("judge", intake.jobRepository())
                .tasklet(new JudgeFulfilments(intake, file), intake.transactions())
                .listener(file.turn())
                .allowStartIfComplete(true)
                .build();
    }

    /** From staging into the tables, a range of parcels a transaction; journeys are decided here. */
    private Step merge(ImportFile file) {
        return new StepBuilder("merge", intake.jobRepository())
                .tasklet(new MergeFulfilments(intake, file), intake.transactions())
                // Finds by itself what is left: after its staging was purged a file is staged, and merged, again.
                .allowStartIfComplete(true)
                .build();
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Prepared prepare(InputFile input, ImportRequest request) {
        FileHead head = FileHead.of(input);
        FulfilmentFormat format = FulfilmentFormats.of(head, request);
        Boolean known = new JdbcTemplate(intake.dataSource())
                .queryForObject(
                        "select exists (select from sales_order where channel = ? and account = ?)",
                        Boolean.class,
                        request.channel(),
                        request.account());
        if (!known) {
            throw new UnusableInputException("no order of " + request.channel() + "/" + request.account()
                    + " is known: check --channel and --account, or run import-orders first");
        }
        BlockReader.Opener<ToldFulfilment> records = format.prepare(head, request.conventions());
        return new Prepared(
                format.identity() + request.rules().identity(),
                format.warnings(head, request.conventions()),
                file -> define(
                        file,
                        records,
                        new FulfilmentRules(request.rules()),
                        request.rules().severity(Rule.MORE_THAN_ORDERED)));
    }

    /** A file that came before its orders would otherwise stay "unchanged" for ever. */
    @Override
    public int pass(ImportFile file) {
        Object[] job = {file.job(), file.channel(), file.account(), file.input().digest()};
        return new JdbcTemplate(intake.dataSource())
                .queryForObject(
                        PASSES,
                        (row, n) -> row.getInt("pass") + (row.getBoolean("again") ? 1 : 0),
                        job[0],
                        job[1],
                        job[2],
                        job[3],
                        file.format(),
                        job[0],
                        job[1],
                        job[2],
                        job[3],
                        job[0],
                        job[1],
                        job[2],
                        job[3],
                        file.format());
    }
}
