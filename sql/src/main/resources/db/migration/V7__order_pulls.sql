-- What import-orders pulls from the channels' APIs (pull-orders writes it, and nobody else). Pages hold personal data; they are gone when they are
-- imported, given up, or left alone for a week.

create table order_pull (
    id          uuid        not null primary key,
    channel     text        not null,
    account     text        not null,
    since       timestamptz not null,
    pass        integer     not null,
    state       text        not null check (state in ('PULLING', 'PULLED', 'IMPORTED', 'GIVEN_UP')),
    next_cursor text,
    pages       integer     not null default 0,
    orders      bigint      not null default 0,
    newest_at   timestamptz,
    answered_at timestamptz,
    run_id      bigint,
    started_at  timestamptz not null,
    moved_at    timestamptz not null,
    unique (channel, account, since, pass)
);
create unique index order_pull_unfinished on order_pull (channel, account) where state in ('PULLING', 'PULLED');
create index order_pull_by_run on order_pull (run_id);

comment on table order_pull is 'One row for each time that orders were pulled from a channel''s API, and how far that came. A run that is restarted goes on from here.';
comment on column order_pull.id is 'Derived from channel, account, since and pass';
comment on column order_pull.channel is 'Whose API, for example shopify';
comment on column order_pull.account is 'Which store of the channel';
comment on column order_pull.since is 'Asked for were orders that changed at this time or later';
comment on column order_pull.pass is 'Counts the pulls of the account since the same time, from 1';
comment on column order_pull.state is 'PULLING (also after a crash); PULLED: all pages are stored and wait for their import; IMPORTED; GIVEN_UP: a later pull begins anew';
comment on column order_pull.next_cursor is 'What asks the API for the page behind the last stored one, as the API gave it; null before the first page and behind the last';
comment on column order_pull.pages is 'Pages stored so far';
comment on column order_pull.orders is 'Orders in them; one that changed while the pull ran may count twice';
comment on column order_pull.newest_at is 'When the order that changed last of those pulled did so, as the channel says; null while none says';
comment on column order_pull.answered_at is 'When the API answered the first page, by its own clock; null before';
comment on column order_pull.run_id is 'Job execution id of the last run that pulled (batch_job_execution)';
comment on column order_pull.started_at is 'When the pull began, by the job''s clock';
comment on column order_pull.moved_at is 'When it last moved: a page stored, imported, given up; by the job''s clock';

create table pulled_page (
    pull_id     uuid    not null references order_pull on delete cascade,
    number      integer not null check (number > 0),
    orders      integer not null,
    digest      text    not null,
    lines       bytea   not null,
    next_cursor text,
    primary key (pull_id, number)
);

comment on table pulled_page is 'Pages of a pull that is not imported yet. Holds personal data until then.';
comment on column pulled_page.pull_id is 'order_pull.id';
comment on column pulled_page.number is 'Which page, from 1';
comment on column pulled_page.orders is 'Orders in it';
comment on column pulled_page.digest is 'SHA-256 of its lines before compression, hexadecimal: tells a page that the API repeats';
comment on column pulled_page.lines is 'The orders as the channel wrote them, a JSON object a line (UTF-8), compressed by gzip';
comment on column pulled_page.next_cursor is 'What it gave to ask for the page behind it; null: it is the last';

create table order_pull_mark (
    channel       text        not null,
    account       text        not null,
    updated_until timestamptz not null,
    pull_id       uuid        not null,
    primary key (channel, account)
);

comment on table order_pull_mark is 'How far a channel''s account is pulled and imported: the next pull goes on from here.';
comment on column order_pull_mark.channel is 'Whose API';
comment on column order_pull_mark.account is 'Which store of the channel';
comment on column order_pull_mark.updated_until is 'Every order that changed before this moment is imported as it then was; at this moment itself more may have changed';
comment on column order_pull_mark.pull_id is 'order_pull.id of the pull that moved it last';
