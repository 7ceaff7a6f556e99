-- When marks were made: how far the figures are behind. Marks that wait now count from now.
-- depends: 0007-replies-of-schools

ALTER TABLE dirty ADD COLUMN made_at timestamptz NOT NULL DEFAULT now();
ALTER TABLE period_dirty ADD COLUMN made_at timestamptz NOT NULL DEFAULT now();
