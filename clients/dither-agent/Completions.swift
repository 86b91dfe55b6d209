/// Scripts that complete the command line, for three shells.
enum Completions {
    /// The shells that a script is written for.
    enum Shell: String, CaseIterable {
        case bash, zsh, fish
    }

    /// The flags, and what each takes: a file, a folder, one of some words, or nothing that can be completed.
    private static let flags: [(name: String, takes: String, help: String)] = [
        ("--metrics", "file", "the compiled metric set"), ("--endpoint", "text", "the collector"),
        ("--state", "folder", "the state folder"), ("--format", "table csv json", "how results are printed"),
        ("--stdin", "", "record: one value a line"), ("--close-period", "", "flush: close today too"),
        ("--now", "", "flush: do not wait for the backoff"), ("--due", "", "flush: only what is due"),
        ("--verify", "", "log: check the chain of hashes"), ("--help", "", "help"), ("--version", "", "the version"),
    ]

    private static var commands: String { Arguments.Command.allCases.map(\.rawValue).joined(separator: " ") }
    private static var shells: String { Shell.allCases.map(\.rawValue).joined(separator: " ") }

    /// The script for a shell, to be read by it at its start.
    static func script(for shell: Shell) -> String {
        switch shell {
        case .bash: bash
        case .zsh: zsh
        case .fish: fish
        }
    }

    private static var bash: String {
        """
        # bash completion for dither-agent: source <(dither-agent completions bash)
        _dither_agent() {
            local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
            COMPREPLY=()
            case $before in
                --metrics) COMPREPLY=($(compgen -f -- "$word")); return ;;
                --state) COMPREPLY=($(compgen -d -- "$word")); return ;;
                --format) COMPREPLY=($(compgen -W "table csv json" -- "$word")); return ;;
                --endpoint) return ;;
                completions) COMPREPLY=($(compgen -W "\(shells)" -- "$word")); return ;;
            esac
            case $word in
                -*) COMPREPLY=($(compgen -W "\(flags.map(\.name).joined(separator: " "))" -- "$word")) ;;
                *) COMPREPLY=($(compgen -W "\(commands)" -- "$word")) ;;
            esac
        }
        complete -F _dither_agent dither-agent

        """
    }

    private static var zsh: String {
        let arguments = flags.map { flag in
            let action =
                switch flag.takes {
                case "": ""
                case "file": ":file:_files"
                case "folder": ":folder:_files -/"
                case "text": ":url:"
                default: ":format:(\(flag.takes))"
                }
            return "        '\(flag.name)[\(flag.help)]\(action)' \\\n"
        }
        return """
            #compdef dither-agent
            # zsh completion for dither-agent: source <(dither-agent completions zsh), after compinit
            _dither_agent() {
                _arguments \\
            \(arguments.joined())        '1:command:(\(commands))' \\
                    '*::argument:_default'
            }
            compdef _dither_agent dither-agent

            """
    }

    private static var fish: String {
        let lines = flags.map { flag in
            let name = flag.name.drop { $0 == "-" }
            let action =
                switch flag.takes {
                case "": ""
                case "file": " -r -F"
                case "folder": " -x -a '(__fish_complete_directories)'"
                case "text": " -x"
                default: " -x -a '\(flag.takes)'"
                }
            return "complete -c dither-agent -l \(name)\(action) -d '\(flag.help)'\n"
        }
        return """
            # fish completion for dither-agent: dither-agent completions fish | source
            complete -c dither-agent -f
            complete -c dither-agent -n __fish_use_subcommand -a '\(commands)'
            complete -c dither-agent -n '__fish_seen_subcommand_from completions' -a '\(shells)'

            """ + lines.joined()
    }
}
