-- Whether the file is new enough to hold accepted deviations.
select 1 from sqlite_master where type = 'table' and name = 'accepted_deviation';
