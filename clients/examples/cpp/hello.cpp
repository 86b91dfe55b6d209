// One event of each type, from C++: the agent as an object that closes itself, errors as exceptions where they matter.
//
//     c++ -std=c++17 hello.cpp $(pkg-config --cflags --libs dither) -o hello
#include <dither.h>

#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>

/// An open agent. Recording tells by its result whether telemetry is on, and never throws; opening does.
class Agent {
public:
    Agent(const char *metrics, const char *endpoint, const char *state)
    {
        dither_options options = DITHER_OPTIONS_INIT;
        options.metrics_path = metrics;
        options.endpoint = endpoint;
        options.state_folder = state;
        if (dither_open(&options, &handle) < 0)
            throw std::runtime_error(dither_last_error());
    }

    Agent(const Agent &) = delete;
    Agent &operator=(const Agent &) = delete;

    /// Makes durable what was recorded. A handle that is closed already is no matter.
    ~Agent() { dither_close(handle); }

    // A C string would turn into bool before it turns into a string_view: hence a template that takes bool alone.
    template <typename Truth, typename = std::enable_if_t<std::is_same_v<Truth, bool>>>
    bool record(const char *metric, Truth value) noexcept
    {
        return taken(dither_record_boolean(handle, metric, value));
    }

    bool record(const char *metric, double number) noexcept
    {
        return taken(dither_record_number(handle, metric, number));
    }

    /// A text, which may hold any characters.
    bool record(const char *metric, std::string_view text) noexcept
    {
        return taken(dither_record_string(handle, metric, text.data(), text.size()));
    }

    bool recordCategory(const char *metric, const char *category) noexcept
    {
        return taken(dither_record_category(handle, metric, category));
    }

private:
    dither_agent handle = 0;

    static bool taken(int result) noexcept
    {
        if (result < 0)
            std::cerr << "hello: " << dither_last_error() << '\n';
        return result == DITHER_OK;
    }
};

int main()
try {
    Agent agent(std::getenv("DITHER_METRICS"), std::getenv("DITHER_ENDPOINT"), std::getenv("DITHER_STATE_DIR"));
    bool taken = agent.recordCategory("colour", "blue");
    taken &= agent.record("greeting", "Good evening");
    taken &= agent.record("seconds", 2.5);
    taken &= agent.record("finished", true);
    if (!taken)
        std::cerr << "hello: not all was taken; is telemetry on?\n";
} catch (const std::exception &error) {
    std::cerr << "hello: " << error.what() << '\n';
    return 1;
}
