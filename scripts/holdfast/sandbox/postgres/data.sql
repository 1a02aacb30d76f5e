-- What a source server in the sandbox is filled with: enough for checks to have something to say.
create table customers (id bigint generated always as identity primary key, name text not null);
create table orders (
    id bigint generated always as identity primary key,
    customer_id bigint not null references customers (id),
    cents bigint not null check (cents > 0),
    placed_at timestamptz not null default clock_timestamp()
);
create index on orders (customer_id);
create table sessions (token uuid primary key default gen_random_uuid(), seen_at timestamptz not null default now());
insert into customers (name) select 'customer ' || n from generate_series(1, 500) as n;
insert into orders (customer_id, cents) select 1 + n % 500, 100 + n from generate_series(1, 20000) as n;
insert into sessions select from generate_series(1, 200);
