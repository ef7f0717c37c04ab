"""`AlgoraveApp`: the traits an operator sets, and the wiring."""

from __future__ import annotations

import asyncio
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from jupyter_server.extension.application import ExtensionApp
from jupyter_server.serverapp import ServerApp
from traitlets import Integer, List, TraitError, Unicode, default, validate

from algorave_server.agent_supervisor import AgentSettings, AgentSupervisor
from algorave_server.front_end import FrontEnd
from algorave_server.handlers import NOT_BUILT, Services, package_version, routes
from algorave_server.interpreter import suit_a_server
from algorave_server.kernel_pass import certificate_variable, give_passes, near_url
from algorave_server.loop_lag import LoopLag
from algorave_server.metrics import metrics
from algorave_server.samples import SampleFolder
from algorave_server.session_routes import as_patterns, session_routes
from algorave_server.session_service import SessionService
from algorave_server.session_traits import SessionTraits
from algorave_server.settings import Settings

FRONT_END_PACKAGE = "algorave_widgets"


class AlgoraveApp(SessionTraits, ExtensionApp):
    """Serves the stage, the front end and local samples below `<base URL>algorave/`."""

    name = "algorave_server"
    extension_url = "/lab"
    load_other_extensions = True

    static_dir = Unicode(
        help="Folder with the built front end. Default: the one in the installed package algorave_widgets.",
    ).tag(config=True)
    samples_dir = Unicode(
        "",
        help="Folder of local samples, offered to everybody who is logged in. Default: empty, none.",
    ).tag(config=True)
    static_cache_s = Integer(
        31_536_000,
        min=0,
        help="Seconds a browser may keep front-end files whose name carries a hash. Default: one year.",
    ).tag(config=True)
    max_sample_bytes = Integer(
        5_000_000, min=1, help="Largest sample file in bytes that is listed and served. Default: 5,000,000."
    ).tag(config=True)
    max_samples = Integer(2_000, min=1, help="Most sample files in one listing. Default: 2,000.").tag(
        config=True
    )

    agent_command = List(
        Unicode(),
        help="What is started for each session where AI is on and somebody may ask, as a list of words; it "
        "is given its link on standard input. `algorave serve --agent` sets it. Default: empty, none.",
    ).tag(config=True)
    max_agents = Integer(8, min=1, help="Most agents that the server starts at a time. Default: 8.").tag(
        config=True
    )

    @default("static_dir")
    def _default_static_dir(self) -> str:
        # Looked up, not imported: the server runs without the widget's Python side.
        spec = find_spec(FRONT_END_PACKAGE)
        places = list(spec.submodule_search_locations or []) if spec else []
        return str(Path(places[0]) / "static") if places else ""

    @validate("samples_dir")
    def _samples_dir_exists(self, proposal: dict[str, Any]) -> str:
        value = str(proposal["value"])
        if value and not Path(value).expanduser().is_dir():
            raise TraitError(f"AlgoraveApp.samples_dir: there is no folder {value!r}")
        return value

    def read_settings(self) -> Settings:
        """Read the traits once into the frozen value that everything else uses."""
        return Settings(
            static_dir=Path(self.static_dir).expanduser() if self.static_dir else None,
            samples_dir=Path(self.samples_dir).expanduser() if self.samples_dir else None,
            static_cache_s=self.static_cache_s,
            max_sample_bytes=self.max_sample_bytes,
            max_samples=self.max_samples,
        )

    def initialize_handlers(self) -> None:
        """Make the services from the settings and add our routes to the server."""
        settings = self.read_settings()
        self.services = Services(
            settings=settings,
            front_end=FrontEnd(settings.static_dir) if settings.static_dir else None,
            samples=_sample_folder(settings),
        )
        self.sessions = SessionService(self.read_session_settings(), self.log)
        self.handlers.extend(routes(self.services))
        if isinstance(self.serverapp, ServerApp):
            give_passes(self.serverapp, self.serverapp.web_app.settings)
        self.lag = LoopLag()
        metrics().watch(self.sessions, self.lag, package_version())
        table = session_routes(self.sessions, self.services.front_end, self.lag, package_version())
        self.handlers.extend(as_patterns(table))

    async def _start_jupyter_server_extension(self, serverapp: ServerApp) -> None:
        """Prepare the front end in a thread of its own; the server answers meanwhile."""
        suit_a_server()
        self.lag.start()
        agents = AgentSettings(
            command=self.agent_command,
            url=near_url(serverapp),
            variables=certificate_variable(serverapp),
            max_agents=self.max_agents,
        )
        self.agents = AgentSupervisor(self.sessions, agents, self.log)
        self.agents.start()
        front_end = self.services.front_end
        if front_end is None or not (front_end.root / "stage.html").is_file():
            self.log.warning("algorave: %s", NOT_BUILT)
            return
        self.warming = asyncio.get_running_loop().run_in_executor(None, front_end.warm)

    async def stop_extension(self) -> None:
        """Let what is being kept be kept."""
        self.lag.stop()
        await self.agents.stop()
        await self.sessions.stop()


def _sample_folder(settings: Settings) -> SampleFolder | None:
    if settings.samples_dir is None:
        return None
    return SampleFolder(
        settings.samples_dir,
        max_sample_bytes=settings.max_sample_bytes,
        max_samples=settings.max_samples,
    )
