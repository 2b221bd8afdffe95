-- Read by psql when the database is made: the roles, with passwords from the environment, and what each may do.

\getenv owner_password OWNER_PASSWORD
\getenv local_offer_password LOCAL_OFFER_PASSWORD
\getenv identity_password IDENTITY_DATABASE_PASSWORD

CREATE ROLE ras LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'owner_password';
CREATE DATABASE ras OWNER ras ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE ras FROM PUBLIC;

-- May connect and nothing else. That it may read the view `local_offer_policy` is granted once the view is there.
CREATE ROLE local_offer LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'local_offer_password';
GRANT CONNECT ON DATABASE ras TO local_offer;

CREATE ROLE identity LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'identity_password';
CREATE DATABASE identity OWNER identity ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE identity FROM PUBLIC;
