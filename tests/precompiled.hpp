#pragma once
#include <doctest/doctest.h>
#include "../src/precompiled.hpp"
