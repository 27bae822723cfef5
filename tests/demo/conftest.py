import pytest

from gridkit.demo import make_city, write


@pytest.fixture(scope="session")
def county():
    return make_city("county")


@pytest.fixture(scope="session")
def written(county, tmp_path_factory):
    folder = tmp_path_factory.mktemp("county")
    write(county, folder)
    return folder
