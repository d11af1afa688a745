#!/usr/bin/env python3
"""A real Odoo 19 on loopback for the live tests: ``up | down | reset | status | env``.

Needs only the standard library. ``up`` makes everything from nothing (Debian's Odoo package
unpacked, a venv, OCA modules, a private PostgreSQL, a database with demo data and provisioned
users) and keeps the slow parts in a cache folder, so that the next ``up`` takes seconds.
README.md beside this file tells what the database contains.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from server import APT_REMEDY, CACHE, DB, HERE, LANGUAGES, Server, built, check_disk, debian_apt, digest, port, run, say

RECIPE = "1"  # raise it to make every cached template stale


class Odoo19(Server):
    """Debian's package of the unstable suite on a venv of the system's Python."""

    title = "Odoo 19"
    script = "odoo_server.py"
    pg_variable = "PLANT_PULSE_PG_PORT"
    modules = (
        "mrp,mrp_account,mrp_subcontracting,purchase_stock,purchase_mrp,stock_landed_costs,maintenance,base_automation,"
        "sale_mrp,queue_job,quality_control_oca,base_tier_validation,purchase_tier_validation,auditlog,"
        "mgmtsystem_nonconformity"
    )
    build_options = ("--with-demo",)

    def __init__(self):
        super().__init__(port("PLANT_PULSE_ODOO_PORT", 8169), port(self.pg_variable, 5499))
        self.gevent_port = port("PLANT_PULSE_ODOO_GEVENT_PORT", 8172)
        self.package_folder = CACHE / "odoo-19"
        self.packages = self.package_folder / "usr/lib/python3/dist-packages"
        # keyed by what is installed in it and by the Python that runs it
        python = f"{sys.version_info.major}.{sys.version_info.minor}"
        key = digest(RECIPE, python, HERE / "odoo-requirements.txt", HERE / "odoo-addons.txt")
        self.venv = CACHE / f"venv-{key}"

    def template_key(self):
        files = [HERE / name for name in ("odoo-requirements.txt", "odoo-addons.txt", "provision.py")]
        return RECIPE, self.modules, LANGUAGES, *files

    def ensure_programs(self):
        self.ensure_package()
        self.ensure_venv()

    def ensure_package(self):
        """Download Debian's odoo-19 and unpack it (never installed)."""
        if self.package_folder.exists():
            return
        check_disk()
        say("downloading Debian's package odoo-19 (123 MB)")
        with built(self.package_folder) as part, tempfile.TemporaryDirectory(dir=CACHE) as folder:
            scratch = Path(folder)
            apt = debian_apt(scratch, "unstable")
            run([*apt, "download", "odoo-19"], "Downloading odoo-19 failed", APT_REMEDY, cwd=scratch)
            say("unpacking it (1.1 GB)")
            [package] = scratch.glob("odoo-19_*.deb")
            run(["dpkg-deb", "-x", package, part], "Unpacking the Odoo package failed", "free disk space")

    def ensure_venv(self):
        """Python packages and OCA modules. The modules ask for a package "odoo" that no registry
        offers, hence --no-deps."""
        if (self.venv / "ready").exists():
            return
        check_disk()
        shutil.rmtree(self.venv, ignore_errors=True)
        say("making the venv with Odoo's Python packages and the OCA modules")
        run([sys.executable, "-m", "venv", self.venv], "Making the venv failed", "install python3-venv")
        pip = [self.venv / "bin/python", "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        remedy = "check the network, then run up again"
        run([*pip, "-r", HERE / "odoo-requirements.txt"], "Installing Python packages failed", remedy)
        addons = [*pip, "--no-deps", "-r", HERE / "odoo-addons.txt"]
        run(addons, "Installing the OCA modules failed", remedy)
        (self.venv / "ready").touch()

    def write_config(self, data_dir):
        """Odoo's configuration and launcher (``python -m odoo`` breaks with workers)."""
        folder = self.run_folder
        folder.mkdir(parents=True, exist_ok=True)
        addons = next(self.venv.glob("lib/python3*/site-packages/odoo/addons"))
        (folder / "odoo-bin").write_text("import odoo.cli\n\nif __name__ == '__main__':\n    odoo.cli.main()\n")
        (folder / "odoo.conf").write_text(
            "[options]\n"
            f"db_host = 127.0.0.1\ndb_port = {self.pg_port}\ndb_user = odoo\n"
            f"addons_path = {self.packages}/odoo/addons,{addons}\n"
            f"data_dir = {data_dir}\n"
            f"http_interface = 127.0.0.1\nhttp_port = {self.http_port}\ngevent_port = {self.gevent_port}\n"
            "server_wide_modules = base,web,rpc,queue_job\n"
            "proxy_mode = False\nlist_db = True\n"
            f"dbfilter = ^{DB}$\n"
            # every jsonrpc call would log its deprecation
            "log_handler = :INFO,odoo.addons.rpc.controllers.jsonrpc:ERROR,werkzeug:WARNING\n"
        )

    def odoo_command(self, *arguments):
        sub = [argument for argument in arguments[:1] if argument == "shell"]
        program = [str(self.venv / "bin/python"), str(self.run_folder / "odoo-bin"), *sub]
        return [*program, "-c", str(self.run_folder / "odoo.conf"), *arguments[len(sub) :]]

    def odoo_environment(self):
        """The package's folder first on the path."""
        return {**super().odoo_environment(), "PYTHONPATH": str(self.packages)}


if __name__ == "__main__":
    sys.exit(Odoo19().main())
