-- Whether the file is new enough to hold the decisions of a kind.
select 1 from sqlite_master where type = 'table' and name = :name;
