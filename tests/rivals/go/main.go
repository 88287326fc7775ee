// Follows integer fields by the Go SDK as its documentation says, and prints what a program sees.
//
//	agent ADDRESS TENANT SUBJECT DEFAULT PATH...
//
// One JSON line each: "ready" with the versions, "values" whenever they are not those of the line
// before, "said" for what the SDK logs, "got" for each line "get" of stdin. Ends with stdin.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log"
	"log/slog"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/opendecree/decree/sdk/configwatcher"
	"github.com/opendecree/decree/sdk/grpctransport"
)

const pause = 20 * time.Millisecond // between two looks

type program struct {
	printing sync.Mutex
	fields   []*configwatcher.Value[int64]
	shown    []int64
}

func (p *program) say(line map[string]any) {
	text, _ := json.Marshal(line)
	fmt.Println(string(text))
}

func (p *program) values() []int64 {
	values := make([]int64, len(p.fields))
	for i, field := range p.fields {
		values[i] = field.Get()
	}
	return values
}

func (p *program) show() {
	p.printing.Lock()
	defer p.printing.Unlock()
	values := p.values()
	if !slices.Equal(values, p.shown) {
		p.shown = values
		p.say(map[string]any{"values": values})
	}
}

func (p *program) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelInfo }
func (p *program) WithAttrs([]slog.Attr) slog.Handler               { return p }
func (p *program) WithGroup(string) slog.Handler                    { return p }

func (p *program) Handle(_ context.Context, record slog.Record) error {
	text := record.Message
	record.Attrs(func(attr slog.Attr) bool {
		text += " " + attr.String()
		return true
	})
	p.printing.Lock()
	defer p.printing.Unlock()
	p.say(map[string]any{"said": record.Level.String(), "text": text})
	return nil
}

func run() error {
	address, tenant, subject := os.Args[1], os.Args[2], os.Args[3]
	standard, err := strconv.ParseInt(os.Args[4], 10, 64)
	if err != nil {
		return err
	}
	conn, err := grpctransport.Dial(address, grpctransport.WithInsecure())
	if err != nil {
		return err
	}
	defer conn.Close()
	p := &program{}
	watcher, err := grpctransport.NewWatcher(conn, tenant,
		grpctransport.WithSubject(subject),
		grpctransport.WithRole("user"),
		grpctransport.WithTenantID(tenant),
		grpctransport.WithLogger(slog.New(p)), // without it, the log is discarded
	)
	if err != nil {
		return err
	}
	for _, path := range os.Args[5:] {
		field, err := watcher.Int(path, standard)
		if err != nil {
			return err
		}
		p.fields = append(p.fields, field)
	}
	if err := watcher.Start(context.Background()); err != nil {
		return err
	}
	p.say(map[string]any{"ready": versions()})
	for _, field := range p.fields {
		go func() {
			for range field.Changes() {
				p.show()
			}
		}()
	}
	go func() {
		for range time.Tick(pause) {
			p.show()
		}
	}()
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		if lines.Text() == "get" {
			p.printing.Lock()
			p.say(map[string]any{"got": p.values()})
			p.printing.Unlock()
		}
	}
	err = watcher.Close()
	p.printing.Lock()
	p.say(map[string]any{"stopped": true})
	p.printing.Unlock()
	return err
}

// What the program was built of; a module that was replaced was built from its source.
func versions() string {
	var found []string
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		switch name := module.Path[strings.LastIndex(module.Path, "/")+1:]; name {
		case "configwatcher", "grpctransport", "grpc":
			text := name + " " + module.Version
			if module.Replace != nil {
				text += " (built from its source)"
			}
			found = append(found, text)
		}
	}
	return strings.Join(found, ", ")
}

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}
