insert into letter (written_at, recipient, channel, version, as_of, title)
values (:written_at, :recipient, :channel, :version, :as_of, :title);
